"""The rights of applied roles, tried: calls that are made as a role to an emulator that checks them, held to a table.

A table is a TOML file. It says by who takes a role on, and by call, what the call is `allowed` on and what it is
`denied` on, each thing by its address in the root. Where a root has no other thing of a type, `undeclared.TYPE` is one
that nobody declared. Applied are the policies of these roles, the things that are called with the policies of their
own, and what all these need. Changed for the trial is who may take a role on; its rights are as they were applied.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from .configuration import Block, Json, Module
from .stack import Stack

ROLE = re.compile(r"\$\{aws_iam_role\.(\w+)\.\w+\}")
"""A reference to a role of the same module."""

ROLE_POLICIES = ("aws_iam_role_policy", "aws_iam_role_policy_attachment")
UNDECLARED = "undeclared."
PLANTED = "planted"
VALUE = "a value"

Client = Callable[[str], Any]
"""Makes a client of a service."""


def secret(it: Json) -> str:
    """The ARN of a secret, or of the one that RDS keeps for a cluster."""
    managed = it.get("master_user_secret")
    return str(managed[0]["secret_arn"] if managed else it["arn"])


def key_of(it: Json) -> Json:
    """The key of some item of a table."""
    types = {attribute["name"]: attribute["type"] for attribute in it["attribute"]}
    return {name: {types[name]: "1"} for name in (it["hash_key"], it.get("range_key")) if name}


CALLS: dict[str, Callable[[Client, Json], object]] = {
    "dynamodb:GetItem": lambda aws, it: aws("dynamodb").get_item(TableName=it["name"], Key=key_of(it)),
    "dynamodb:PutItem": lambda aws, it: aws("dynamodb").put_item(TableName=it["name"], Item=key_of(it)),
    "kms:GenerateDataKey": lambda aws, it: aws("kms").generate_data_key(KeyId=it["arn"], KeySpec="AES_256"),
    "secretsmanager:GetSecretValue": lambda aws, it: aws("secretsmanager").get_secret_value(SecretId=secret(it)),
    "secretsmanager:PutSecretValue": lambda aws, it: aws("secretsmanager").put_secret_value(
        SecretId=secret(it), SecretString=VALUE
    ),
    "sns:Publish": lambda aws, it: aws("sns").publish(TopicArn=it["arn"], Message="x"),
    "sns:SetTopicAttributes": lambda aws, it: aws("sns").set_topic_attributes(
        TopicArn=it["arn"], AttributeName="DisplayName", AttributeValue="x"
    ),
    "sqs:GetQueueAttributes": lambda aws, it: aws("sqs").get_queue_attributes(QueueUrl=it["url"]),
    "sqs:ReceiveMessage": lambda aws, it: aws("sqs").receive_message(QueueUrl=it["url"], WaitTimeSeconds=0),
    "sqs:SendMessage": lambda aws, it: aws("sqs").send_message(QueueUrl=it["url"], MessageBody="x"),
    "sqs:SetQueueAttributes": lambda aws, it: aws("sqs").set_queue_attributes(
        QueueUrl=it["url"], Attributes={"DelaySeconds": "0"}
    ),
}
"""By the action that it needs, a call on a thing with the values of its state; none changes what another one says."""

MAKERS: dict[str, Callable[[Client], Json]] = {
    "aws_secretsmanager_secret": lambda aws: {
        "arn": aws("secretsmanager").create_secret(Name=PLANTED, SecretString=VALUE)["ARN"]
    },
}
"""By type, how to make a thing that nobody declared, with the values that calls need of it."""


@dataclass(frozen=True)
class Row:
    """One call, and what must become of it."""

    who: str
    """The address of the resource that takes the role on."""

    call: str
    target: str
    expected: str
    """`allowed` or `denied`."""


def read_rows(file: Path) -> list[Row]:
    """The rows of a table."""
    return [
        Row(who, call, target, expected)
        for who, calls in tomllib.loads(file.read_text()).items()
        for call, verdicts in calls.items()
        for expected, targets in verdicts.items()
        for target in targets
    ]


def blocks_of(root: Module) -> dict[str, Block]:
    """The resource blocks of a root by address."""
    return {block.address: block for module in root.tree() for block in module.resources}


def roles_of(block: Block) -> set[str]:
    """The addresses of the roles that a block refers to."""
    names = ROLE.findall(json.dumps(block.arguments))
    return {".".join([*block.module.path, "aws_iam_role", name]) for name in names}


def role_of(root: Module, who: str) -> str:
    """The address of the one role that a resource takes on."""
    roles = roles_of(blocks_of(root)[who])
    if len(roles) != 1:
        raise LookupError(f"{who} takes on {len(roles)} roles")
    return roles.pop()


def targets(root: Module, rows: list[Row]) -> list[str]:
    """The addresses of what must be applied for the rows: all policies of their roles, and what they call."""
    roles = {role_of(root, row.who) for row in rows}
    called = {row.target for row in rows if not row.target.startswith(UNDECLARED)}
    policies = {
        block.address
        for block in blocks_of(root).values()
        if (block.type in ROLE_POLICIES and roles & roles_of(block)) or called & set(governed(block))
    }
    return sorted(called | policies)


def governed(block: Block) -> Iterator[str]:
    """The addresses of the things whose own policy a block is, such as the queue of an `aws_sqs_queue_policy`."""
    kind, is_policy, rest = block.type.rpartition("_policy")
    if is_policy and not rest:
        for name in re.findall(rf"\$\{{{kind}\.(\w+)\.\w+\}}", json.dumps(block.arguments)):
            yield ".".join([*block.module.path, kind, name])


@dataclass(frozen=True)
class Trial:
    """The rows of one table on an applied stack."""

    stack: Stack
    rows: list[Row]

    @cached_property
    def things(self) -> dict[str, Json]:
        """The values of what is applied, by address."""
        return {item["address"]: item["values"] for item in self.stack.resources}

    @cached_property
    def undeclared(self) -> dict[str, Json]:
        """Things that nobody declared, by the names that the rows give them."""
        names = {row.target for row in self.rows if row.target.startswith(UNDECLARED)}
        return {name: MAKERS[name.removeprefix(UNDECLARED)](self.stack.client) for name in sorted(names)}

    @cached_property
    def clients(self) -> dict[str, Client]:
        """By who takes a role on, clients with what STS gives to them."""
        return {who: self.taken_on(self.role(who)) for who in {row.who for row in self.rows}}

    def fill_secrets(self) -> None:
        """Puts a value into every declared secret, as operators do after the first apply."""
        for address, thing in self.things.items():
            if "aws_secretsmanager_secret" in address.split("."):
                CALLS["secretsmanager:PutSecretValue"](self.stack.client, thing)

    def role(self, who: str) -> Json:
        """The values of the role that a resource takes on."""
        return self.things[role_of(self.stack.root, who)]

    def taken_on(self, role: Json) -> Client:
        """Clients of whoever takes a role on; the account is let in, for otherwise only a service may."""
        principal = {"AWS": f"arn:aws:iam::{self.stack.account}:root"}
        trust = policy_text({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})
        self.stack.client("iam").update_assume_role_policy(RoleName=role["name"], PolicyDocument=trust)
        given = self.stack.client("sts").assume_role(RoleArn=role["arn"], RoleSessionName="trial")["Credentials"]
        session = boto3.Session(
            given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], region_name=self.stack.region
        )
        return cache(lambda service: session.client(service, endpoint_url=self.stack.emulator.url))

    def verdict(self, row: Row) -> str:
        """What becomes of the call of a row."""
        thing = self.undeclared[row.target] if row.target in self.undeclared else self.things[row.target]
        try:
            CALLS[row.call](self.clients[row.who], thing)
        except ClientError as error:
            code = str(error.response["Error"]["Code"])
            return "denied" if "AccessDenied" in code or "AuthorizationError" in code else code
        return "allowed"

    def verdict_with(self, effect: str, row: Row) -> str:
        """What becomes of the call of a row while its role has one more statement about it."""
        iam, role = self.stack.client("iam"), self.role(row.who)["name"]
        added = policy_text({"Effect": effect, "Action": row.call, "Resource": "*"})
        iam.put_role_policy(RoleName=role, PolicyName=PLANTED, PolicyDocument=added)
        try:
            return self.verdict(row)
        finally:
            iam.delete_role_policy(RoleName=role, PolicyName=PLANTED)


def policy_text(statement: Json) -> str:
    """A policy with one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
