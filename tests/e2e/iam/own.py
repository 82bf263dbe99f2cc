"""The policies that resources of a root have of their own, as AWS keeps them: who may call them without rights of a role."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ..configuration import Json
from .documents import Facts
from .stars import listed

PERMISSION = "aws_lambda_permission"
ALIAS = "aws_lambda_alias"
READ = {"aws_iam_role_policy.policy"}
"""Where the policies of roles stand."""


@dataclass(frozen=True)
class Own:
    """One resource with its own policy."""

    address: str
    arn: str
    service: str
    """Whose actions it is about."""
    on: tuple[str, ...]
    """What calls to it can be about."""
    policy: Json
    only_accounts: bool
    secure: tuple[str, str] | None = None
    """What nobody may call without TLS, and on what."""

    @property
    def statements(self) -> list[Json]:
        """What the policy says."""
        found: list[Json] = self.policy["Statement"]
        return found

    def services(self) -> set[str]:
        """The services that the policy speaks of."""
        principals = [s["Principal"] for s in self.statements if isinstance(s["Principal"], dict)]
        return {service for principal in principals for service in listed(principal.get("Service", []))}

    def accounts(self) -> set[str]:
        """The accounts and roles that the policy speaks of."""
        principals = [s["Principal"] for s in self.statements if isinstance(s["Principal"], dict)]
        return {name for principal in principals for name in listed(principal.get("AWS", [])) if name != "*"}

    def allows(self, action: str) -> bool:
        """Whether a statement lets anybody call an action."""
        patterns = [p for s in self.statements if s["Effect"] == "Allow" for p in listed(s.get("Action", "*"))]
        return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)

    def is_about(self, resource: str) -> bool:
        """Whether a resource is this one, or something in it."""
        return resource in (self.arn, *self.on) or resource.startswith((f"{self.arn}/", f"{self.arn}:"))


def owns(entries: list[Json], facts: Facts) -> list[Own]:
    """All resources of a root that can have a policy of their own."""
    return [own for entry in entries for own in of_type(entry, facts)]


def of_type(entry: Json, facts: Facts) -> Iterator[Own]:
    """The resources of one type."""
    for address, found in facts.resources.items():
        if type_of(address) != entry["of"]:
            continue
        arn = found.get("calls") or found.get("arn") or ("*" if "callers" not in entry else address)
        statements = list(statements_of(entry, address, facts))
        words = {"arn": arn, "account": facts.account, "region": facts.region}
        named = {r.replace("*", "any") for s in statements for r in listed(s.get("Resource", [])) if r != "*"}
        below = [text.format_map(words) for text in entry.get("on", ())]
        on = {*below, *named} if entry.get("callers") == "accounts" else {arn, *below, *named}
        if entry.get("callers") == "accounts" and not statements:
            continue
        policy = {"Version": "2012-10-17", "Statement": statements}
        secure = (entry["tls"], [arn, *below][-1]) if "tls" in entry else None
        yield Own(address, arn, entry["service"], tuple(sorted(on)), policy, entry.get("callers") == "accounts", secure)


def statements_of(entry: Json, address: str, facts: Facts) -> Iterator[Json]:
    """The statements of the policies of one resource."""
    kind, _, argument = entry["policy"].partition(".")
    if kind == PERMISSION:
        yield from permissions(address, facts)
        return
    for holder, found in facts.resources.items():
        said = found.get("said", {})
        if type_of(holder) != kind or argument not in said:
            continue
        if (kind == entry["of"] and holder != address) or (
            "argument" in entry and said.get(entry["argument"]) != facts.resources[address].get(entry["named"])
        ):
            continue
        yield from json.loads(said[argument])["Statement"]


def permissions(address: str, facts: Facts) -> Iterator[Json]:
    """The statements that Lambda makes of the permissions of a function
    (https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html)."""
    function = facts.resources[address]["arn"]
    for holder, found in facts.resources.items():
        if type_of(holder) != PERMISSION or not function.endswith(f":{found['function_name'].rpartition(':')[2]}"):
            continue
        condition: Json = {}
        if "source_arn" in found:
            condition["ArnLike"] = {"AWS:SourceArn": found["source_arn"]}
        if "source_account" in found:
            condition["StringEquals"] = {"AWS:SourceAccount": found["source_account"]}
        principal = found["principal"]
        yield {
            "Effect": "Allow",
            "Principal": "*" if principal == "*" else {"Service": principal},
            "Action": found["action"],
            "Resource": f"{function}:{found['qualifier']}" if "qualifier" in found else function,
            "Condition": condition,
        }


def unread(entries: list[Json], facts: Facts) -> list[str]:
    """Resources with a policy that no entry speaks of."""
    read = READ | {entry["policy"] for entry in entries}
    return [
        f"{address} has a policy in `{argument}`, and doors.toml does not speak of it"
        for address, found in facts.resources.items()
        for argument in found.get("holds", ())
        if f"{type_of(address)}.{argument}" not in read
    ]


def type_of(address: str) -> str:
    """The type of the resource at an address."""
    return address.split(".")[-2]
