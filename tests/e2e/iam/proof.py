"""The proof for one root: what must be allowed is, what must not be is not, and nothing is that no edge explains."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ..configuration import Json
from .documents import Facts
from .entrance import Entrance, Swept
from .rights import ANY, Expectation, Right, Rights, stranger
from .simulator import DISCOVERY, Call, Simulator
from .stars import Stars, listed


@dataclass
class Verdict:
    """What came out for one root."""

    edges: int = 0
    doors: int = 0
    allowed: int = 0
    denied: int = 0
    swept: int = 0
    faults: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.edges} edges, {self.doors} doors, {self.allowed:,} calls allowed, {self.denied:,} denied, {self.swept:,} swept, "
            f"{len(self.unexplained)} unexplained"
        )


class Proof:
    """One root with its policies, ready to be asked."""

    def __init__(self, graph: Json, facts: Facts, simulator: Simulator, stars: Stars) -> None:
        self.facts = facts
        self.rights = Rights(graph, facts)
        self.simulator = simulator
        self.graph = graph
        self.stars = stars
        self.policies = {
            address: json.loads(found["policy"])
            for address, found in facts.resources.items()
            if ".aws_iam_role_policy." in address
        }
        self.of_role: dict[str, list[str]] = {address: [] for address in self.rights.roles()}
        names = {facts.resources[address]["name"]: address for address in self.of_role}
        for address in self.policies:
            self.of_role[names[facts.resources[address]["role"]]].append(address)
        self.key_policies = {
            found["arn"]: address for address, found in facts.resources.items() if ".aws_kms_key." in address
        }
        self.entrance = Entrance(graph, self.rights, simulator)
        simulator.policies = {**self.policies, **self.entrance.policies}

    def verdict(self) -> Verdict:
        """Asks for everything."""
        verdict = Verdict()
        expected = self.rights.of_roles()
        verdict.faults += self.rights.unknown
        verdict.edges = len({edge for expectation in expected.values() for edge in expectation.edges})
        verdict.faults += self.wildcards()
        verdict.faults += self.managed()
        verdict.faults += self.stars.faults(self.facts)
        verdict.faults += self.entrance.faults
        verdict.doors = len(self.entrance.doors)
        asked = [*self.forward(expected), *self.entrance.asked()]
        swept = [*self.sweep(expected), *self.entrance.swept()]
        # All at once: it is the start of the simulator that takes long.
        answers = self.simulator.decide([call for _, call in asked] + [call for _, _, call in swept])
        for (wanted, call), answer in zip(asked, answers, strict=False):
            verdict.allowed += answer
            verdict.denied += not answer
            if answer != wanted:
                verdict.faults.append(f"{'denied' if wanted else 'allowed'}, and must not be: {call}")
        verdict.swept = len(swept)
        for (explained, words, call), answer in zip(swept, answers[len(asked) :], strict=True):
            if answer and not explained:
                verdict.unexplained.append(f"{words} call {call.action} on {call.resource}")
        return verdict

    def call(self, role: str, action: str, resource: str, right: Right | None = None) -> Call:
        """A call by a role. The policy of a key is always asked, as AWS does."""
        context = right.context if right else ()
        principal = self.facts.resources[role]["arn"]
        own = self.key_policies.get(resource)
        return Call(principal, action, resource, context, tuple(self.of_role[role]), own)

    def forward(self, expected: dict[str, Expectation]) -> Iterator[tuple[bool, Call]]:
        """The calls that the entries name, and those of what is allowed on other resources of the same type."""
        for role, expectation in expected.items():
            seen: set[Call] = set()
            for right in expectation.allowed:
                call = self.call(role, right.action, right.resource, right)
                if call not in seen:
                    yield True, call
                    seen.add(call)
                    yield from ((False, other) for other in self.elsewhere(role, right, expectation) if other not in seen)
            for right in expectation.denied:
                call = self.call(role, right.action, right.resource, right)
                granted = [a for a in expectation.allowed if a.explains(right.action, right.resource)]
                if call not in seen and not any(set(a.context) <= set(right.context) for a in granted):
                    yield False, call
                    seen.add(call)

    def elsewhere(self, role: str, right: Right, expectation: Expectation) -> Iterator[Call]:
        """The call on a resource that nobody has declared."""
        if right.pattern == "*":
            return
        other = stranger(right.resource)
        if not expectation.explains(right.action, other):
            yield self.call(role, right.action, other, right)

    def sweep(self, expected: dict[str, Expectation]) -> Iterator[Swept]:
        """Every action that a role's policies name, on every resource of the root that it could be about."""
        resources = self.rights.arns() | {
            resource
            for expectation in expected.values()
            for right in expectation.allowed
            for resource in (right.resource, stranger(right.resource))
        }
        statements = [s for policy in self.policies.values() for s in policy["Statement"]]
        resources |= {r if r == "*" else r.replace("*", ANY) for s in statements for r in listed(s["Resource"])}
        for role, expectation in expected.items():
            for action, everywhere in sorted(self.actions(role).items()):
                about = [r for r in resources if r != "*" and r.split(":")[2] == service_of(action)]
                about += ["*"] if everywhere else []
                for resource in sorted(about):
                    call = replace(self.call(role, action, resource), mode=DISCOVERY, swept=True)
                    yield expectation.explains(action, resource), f"{role} may", call

    def actions(self, role: str) -> dict[str, bool]:
        """The actions that the policies of a role name, and whether on everything. A pattern of actions is a fault
        already (`wildcards`), so no other action can be allowed."""
        found: dict[str, bool] = {}
        for policy in self.of_role[role]:
            for statement in self.policies[policy]["Statement"]:
                for action in listed(statement["Action"]) if statement["Effect"] == "Allow" else []:
                    found[action] = found.get(action, False) or "*" in listed(statement["Resource"])
        return {action: everywhere for action, everywhere in found.items() if "*" not in action and "?" not in action}

    def wildcards(self) -> Iterator[str]:
        """Statements that allow patterns of actions, or everything but something."""
        for address, policy in self.policies.items():
            for statement in policy["Statement"]:
                if statement["Effect"] == "Allow":
                    patterns = [a for a in listed(statement.get("Action", "*")) if "*" in a or "?" in a]
                    yield from (f"{address} allows `{action}`" for action in patterns)
                    if "NotResource" in statement or "NotAction" in statement:
                        yield f"{address} allows all but something"

    def managed(self) -> Iterator[str]:
        """Managed policies that no entry gives a reason for."""
        for address, found in self.facts.resources.items():
            if ".aws_iam_role_policy_attachment." in address:
                policy = found["policy_arn"].removeprefix("arn:aws:iam::aws:policy/")
                if policy not in self.rights.managed:
                    yield f"{address} attaches {policy}, and nothing says why"


def service_of(action: str) -> str:
    """The service of an action as ARNs write it."""
    prefix = action.partition(":")[0]
    return {"ssmmessages": "ssm"}.get(prefix, prefix)
