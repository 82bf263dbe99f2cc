"""The end-to-end run: rendered examples through init, validate and plan with the real engines.

Everything happens offline. The AWS provider is the real one and talks to an emulator on the loopback
address. `runner` reads like the list of steps; each step is a module of its own.
"""
