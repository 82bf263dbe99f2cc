"""Services that call a thing without a role, in the name of another thing: whether the thing's own policy lets them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ..configuration import Json
from .rights import Context, Rights, stranger

POLICIES = {
    "bucket": ("aws_s3_bucket_policy", "bucket", "bucket"),
    "queue": ("aws_sqs_queue_policy", "queue_url", "url"),
}
"""By the kind of the target: the type that holds its policy, the argument that names the target, and its attribute."""

STRANGE_SERVICE = "iot.amazonaws.com"


@dataclass(frozen=True)
class Sending:
    """One service that calls one thing."""

    service: str
    source: str
    action: str
    others: tuple[str, ...]
    resource: str
    policy: Json
    account: str

    def calls(self) -> Iterator[tuple[bool, str, str, Context]]:
        """Whether a call must be allowed, by whom it is, its action and its context."""
        named: Context = (("aws:SourceArn", self.source), ("aws:SourceAccount", self.account), ("aws:SecureTransport", "true"))
        other: Context = (("aws:SourceArn", stranger(self.source)), *named[1:])
        nobody: Context = named[1:]
        yield True, self.service, self.action, named
        yield False, self.service, self.action, other
        yield False, self.service, self.action, nobody
        yield False, STRANGE_SERVICE, self.action, named
        for action in self.others:
            yield False, self.service, action, named


def sendings(rights: Rights) -> Iterator[Sending]:
    """Every edge by which a service calls a thing."""
    for told in rights.graph["edges"]:
        if "sender" not in told:
            continue
        service = told["sender"].partition(" for ")[0]
        kind, _, name = told["to"].partition(".")
        source_kind, _, source_name = told["from"].partition(".")
        entries = [e for e in rights.senders if e["to"] == kind and fnmatchcase(service, e["service"])]
        parts = dict(rights.parts(kind, name.replace("-", "_")))
        address = re.search(r"\$\{([a-z0-9_.]+)\}", told["sender"])
        own = rights.facts.attribute(address[1]) if address else None
        source = own or dict(rights.parts(source_kind, source_name.replace("-", "_"))).get("arn")
        if not entries or source is None:
            rights.unknown.append(f"{told['from']} -> {told['to']}: no entry speaks of {service}")
            continue
        entry = entries[0]
        resource = parts.get("alias", parts["arn"]) + entry.get("below", "")
        policy = own_policy(rights, kind, name.replace("-", "_"))
        yield Sending(service, source, entry["action"], tuple(entry["others"]), resource, policy, rights.facts.account)


def own_policy(rights: Rights, kind: str, name: str) -> Json:
    """The policy of a thing, as AWS keeps it; without one it lets nobody in."""
    statements = list(permissions(rights, name)) if kind == "function" else stored(rights, kind, name)
    return {"Version": "2012-10-17", "Statement": statements}


def stored(rights: Rights, kind: str, name: str) -> list[Json]:
    """The statements of the policy that a resource of its own puts on a thing."""
    policy_type, argument, attribute = POLICIES[kind]
    owner = next(r for a, r in rights.facts.resources.items() if a.endswith(f".{OWNER_TYPES[kind]}.{name}"))
    for address, found in rights.facts.resources.items():
        if f".{policy_type}." in address and found[argument] == owner[attribute]:
            statements: list[Json] = json.loads(found["policy"])["Statement"]
            return statements
    return []


OWNER_TYPES = {"bucket": "aws_s3_bucket", "queue": "aws_sqs_queue"}


def permissions(rights: Rights, name: str) -> Iterator[Json]:
    """The statements that Lambda makes of the permissions of a function
    (https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html)."""
    alias = rights.facts.attribute(f"module.compute.aws_lambda_alias.{name}.arn") or ""
    function, _, qualifier = alias.rpartition(":")
    for address, found in rights.facts.resources.items():
        if ".aws_lambda_permission." not in address or not function.endswith(f":{found['function_name'].rpartition(':')[2]}"):
            continue
        condition: Json = {}
        if "source_arn" in found:
            condition["ArnLike"] = {"AWS:SourceArn": found["source_arn"]}
        if "source_account" in found:
            condition["StringEquals"] = {"AWS:SourceAccount": found["source_account"]}
        yield {
            "Effect": "Allow",
            "Principal": {"Service": found["principal"]},
            "Action": found["action"],
            "Resource": alias if found.get("qualifier") == qualifier else function,
            "Condition": condition,
        }
