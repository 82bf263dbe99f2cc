"""The freelancer platform, alive on an applied stack: what its parts do together, one theme per module.

The service, the migrations and the function run as they are deployed, with the variables that the applied resources
give them. README.md of `tests/e2e` says what the rows prove and what no emulator can show.
"""
