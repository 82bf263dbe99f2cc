"""Scans IAM policies with parliament; runs in the environment of the scanners, so it imports nothing of this package.

Standard input is a JSON object of policy texts by address; standard output a JSON list of findings.
"""

import json
import sys
import warnings
from collections.abc import Iterator

with warnings.catch_warnings():
    # It imports pkg_resources, which warns.
    warnings.simplefilter("ignore")
    from parliament import analyze_policy_string, enhance_finding

DETAIL_CHARACTERS = 160


def findings(policies: dict[str, str]) -> Iterator[dict[str, str]]:
    """The violated rules, by address."""
    for address, text in sorted(policies.items()):
        for found in map(enhance_finding, analyze_policy_string(text).findings):
            detail = json.dumps(found.detail)[:DETAIL_CHARACTERS] if found.detail else ""
            yield {"rule": found.issue, "address": address, "message": f"{found.title} {detail}".strip()}


if __name__ == "__main__":
    json.dump(list(findings(json.load(sys.stdin))), sys.stdout)
