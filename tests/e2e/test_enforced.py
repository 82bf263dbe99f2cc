"""The rights of an applied role, enforced: MiniStack checks every call that is made as the role.

The role is the one that the edges of `enforced/platform.toml` give to its function. What is changed for the test is who
may take the role on, for only Lambda may; its rights are as they were applied.
"""

from __future__ import annotations

import json
import unittest
from collections.abc import Callable
from typing import Any, ClassVar

import boto3
from botocore.exceptions import ClientError

from .configuration import Json
from .runner import Settings, render, rendering
from .stack import PROJECT, Stack, applied, this_machine
from .tools import find_product

PLATFORM = PROJECT / "tests" / "e2e" / "enforced"
ITEM = {"id": {"S": "1"}}

Client = Callable[[str], Any]
Call = Callable[[Client, Json], object]

CALLS: dict[str, tuple[str, Call, bool]] = {
    "send": ("aws_sqs_queue", lambda aws, it: aws("sqs").send_message(QueueUrl=it["url"], MessageBody="x"), True),
    "receive": ("aws_sqs_queue", lambda aws, it: aws("sqs").receive_message(QueueUrl=it["url"]), False),
    "publish": ("aws_sns_topic", lambda aws, it: aws("sns").publish(TopicArn=it["arn"], Message="x"), True),
    "delete": ("aws_sns_topic", lambda aws, it: aws("sns").delete_topic(TopicArn=it["arn"]), False),
    "read": ("aws_dynamodb_table", lambda aws, it: aws("dynamodb").get_item(TableName=it["name"], Key=ITEM), True),
    "write": ("aws_dynamodb_table", lambda aws, it: aws("dynamodb").put_item(TableName=it["name"], Item=ITEM), False),
}
"""By name: the type of resource that is called, the call, and whether an edge to it gives that right."""


def verdict(call: Callable[[], object]) -> str:
    """What became of a call."""
    try:
        call()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        return "denied" if "AccessDenied" in code or "AuthorizationError" in code else code
    return "allowed"


class Enforced(unittest.TestCase):
    stack: ClassVar[Stack]
    resources: ClassVar[list[Json]]

    @classmethod
    def setUpClass(cls) -> None:
        machine = this_machine()
        settings = Settings(machine, find_product(machine.project))
        out = cls.enterClassContext(rendering(settings))
        [rendered] = render(PLATFORM, out, settings)
        cls.stack = cls.enterClassContext(applied(rendered.folder, emulator="ministack", enforce_iam=True))
        cls.resources = cls.stack.resources

    def values(self, kind: str, name: str) -> Json:
        [values] = [item["values"] for item in self.resources if (item["type"], item["name"]) == (kind, name)]
        return dict(values)

    def as_the_role(self) -> Client:
        """Clients with what STS gives to whoever takes the function's role on."""
        [function] = [item["values"] for item in self.resources if item["type"] == "aws_lambda_function"]
        [role] = [item["values"] for item in self.resources if item["values"].get("arn") == function["role"]]
        principal = {"AWS": f"arn:aws:iam::{self.stack.account}:root"}
        statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.stack.client("iam").update_assume_role_policy(RoleName=role["name"], PolicyDocument=trust)
        sts = self.stack.client("sts")
        given = sts.assume_role(RoleArn=role["arn"], RoleSessionName="proof")["Credentials"]
        session = boto3.Session(
            given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], region_name=self.stack.region
        )
        return lambda service: session.client(service, endpoint_url=self.stack.emulator.url)

    def test_a_role_may_do_what_its_edges_give_and_nothing_else(self) -> None:
        aws = self.as_the_role()
        for name, (kind, call, given) in CALLS.items():
            for target in ("mine", "other"):
                with self.subTest(call=name, target=target):
                    found = verdict(lambda: call(aws, self.values(kind, target)))  # noqa: B023
                    self.assertEqual(found, "allowed" if given and target == "mine" else "denied")

    def test_whoever_is_unknown_may_do_nothing(self) -> None:
        session = boto3.Session("AKIAUNKNOWN000000000", "unknown", region_name=self.stack.region)
        sqs = session.client("sqs", endpoint_url=self.stack.emulator.url)
        with self.assertRaises(ClientError):
            sqs.list_queues()


if __name__ == "__main__":
    unittest.main()
