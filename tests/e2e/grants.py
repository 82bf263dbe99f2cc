"""Says what the policy of a resource allows: moto keeps policies and enforces few of their conditions.

This is the part of IAM's evaluation that one resource policy decides for a caller without rights of its own, as the
public and the services of AWS are. What is not known here is an error, never taken for granted.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """A call to a resource."""

    action: str
    resource: str
    service: str | None = None
    """The service of AWS that calls; None for the public."""

    context: Mapping[str, str] = field(default_factory=dict)
    """The keys that conditions ask for, such as `aws:SourceArn`."""


def allows(policy: Json, call: Call) -> bool:
    """Whether a policy allows a call: some statement does, and none denies it."""
    effects = {statement["Effect"] for statement in as_list(policy["Statement"]) if applies(statement, call)}
    return effects == {"Allow"}


def applies(statement: Json, call: Call) -> bool:
    """Whether a statement is about a call."""
    if unknown := statement.keys() & {"NotAction", "NotResource", "NotPrincipal"}:
        raise NotImplementedError(f"{', '.join(sorted(unknown))} of a policy")
    return (
        names_caller(statement["Principal"], call.service)
        and any(fnmatchcase(call.action.lower(), action.lower()) for action in as_list(statement["Action"]))
        and any(fnmatchcase(call.resource, resource) for resource in as_list(statement["Resource"]))
        and all(
            met(operator, key, as_list(values), call.context)
            for operator, asked in statement.get("Condition", {}).items()
            for key, values in asked.items()
        )
    )


def names_caller(principal: Any, service: str | None) -> bool:
    """Whether a principal element names everybody, or the service that calls."""
    if principal == "*":
        return True
    everybody = "*" in as_list(principal.get("AWS", []))
    return everybody or (service is not None and service in as_list(principal.get("Service", [])))


def met(operator: str, key: str, values: list[Any], context: Mapping[str, str]) -> bool:
    """Whether the context has one of the values under a key; a key that is absent meets no condition."""
    if operator not in OPERATORS:
        raise NotImplementedError(f"condition {operator}")
    actual = {name.lower(): value for name, value in context.items()}.get(key.lower())
    return actual is not None and any(OPERATORS[operator](actual, text(value)) for value in values)


def text(value: Any) -> str:
    """A value of a condition as conditions compare it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_list(value: Any) -> list[Any]:
    """One of many, or many: policies have both."""
    return value if isinstance(value, list) else [value]


def equal(actual: str, wanted: str) -> bool:
    """The same text."""
    return actual == wanted


OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": equal,
    "Bool": equal,
    "ArnEquals": fnmatchcase,
    "ArnLike": fnmatchcase,
    "StringLike": fnmatchcase,
}
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"""
