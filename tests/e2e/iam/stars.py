"""What policies allow on everything, against the list of `stars.toml`: nothing that the list has no reason for, and the
list has nothing that no root needs."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

from ..configuration import Json
from .documents import POLICY_ARGUMENTS, Facts
from .simulator import Simulator

Star = tuple[str, str]
"""The type of the resource that has the policy, and an action."""

ROLE = "aws_iam_role_policy"
TRUST = "assume_role_policy"
"""A policy without resources: it speaks of its role."""


class Stars:
    """The list, with what has been found in the roots so far."""

    def __init__(self) -> None:
        content = tomllib.loads((Path(__file__).parent / "stars.toml").read_text())
        self.takes_nothing: dict[Star, bool] = {
            (entry["in"], action): entry["nothing"] for entry in content["star"] for action in entry["actions"]
        }
        self.used: set[Star] = set()

    def faults(self, facts: Facts) -> list[str]:
        """What a root allows on everything without a reason."""
        found = set(stars(facts))
        self.used |= {star for _, star in found}
        return sorted(
            f"{address} allows {action} on `*`, and stars.toml has no reason for it"
            for address, (kind, action) in found
            if (kind, action) not in self.takes_nothing
        )

    def unused(self) -> list[str]:
        """What no root has needed."""
        rest = sorted(self.takes_nothing.keys() - self.used)
        return [f"stars.toml lets {kind} allow {action} on `*`, and no root needs it" for kind, action in rest]

    def missing(self, entries: list[Json]) -> list[str]:
        """The actions that entries of `rights.toml` allow on everything without a reason."""
        lines = [line.partition(" on ") for entry in entries for line in entry.get("allow", ())]
        allowed = {action for actions, _, on in lines if on.split(" ")[0] == "*" for action in actions.split()}
        missing = sorted(action for action in allowed if (ROLE, action) not in self.takes_nothing)
        return [f"rights.toml allows {action} on `*`, and stars.toml has no reason for it" for action in missing]

    def wrong(self, simulator: Simulator) -> list[str]:
        """Entries that say of an action that it takes resources, or none, and the data of the simulator says otherwise."""
        said = {action: nothing for (_, action), nothing in self.takes_nothing.items() if "*" not in action}
        known = simulator.take_nothing(sorted(said))
        return [f"stars.toml says the opposite of AWS about the resources of {a}" for a in said if (a in known) != said[a]]


def stars(facts: Facts) -> Iterator[tuple[str, Star]]:
    """Every action that a policy allows on everything, with the address of the policy."""
    for address, found in facts.resources.items():
        written = {**found.get("said", {}), **found}
        for argument in set(POLICY_ARGUMENTS) & written.keys() - {TRUST}:
            kind = address.split(".")[-2]
            for statement in json.loads(written[argument])["Statement"]:
                if statement["Effect"] == "Allow" and "*" in listed(statement.get("Resource", "*")):
                    yield from ((address, (kind, action)) for action in listed(statement.get("Action", "*")))


def listed(value: str | list[str]) -> list[str]:
    """What may be one text or several."""
    return [value] if isinstance(value, str) else value
