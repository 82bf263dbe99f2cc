"""Tests of a root's whole life: of finding its protections, and with Terraform on the protected sample root."""

import json
import shutil
import unittest
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar
from unittest import mock

from . import behaviour, leftovers, lifetime, protections
from .configuration import Block, Json, Module, read_root
from .faults import CannotRun, ProductFault
from .stack import Machine, Stack, applied, opened, this_machine

PROTECTED = Path(__file__).parent / "sample" / "prod"


class Protections(unittest.TestCase):
    def names(self, kind: str, arguments: Json) -> list[str]:
        """The names of the protections of one resource."""
        root = Module(variables={"on": {"default": True}, "any": {}})
        root.resources = [Block(root, kind, "main", arguments)]
        return [protection.name for protection in protections.find(root)]

    def test_what_protects(self) -> None:
        prevented = ["aws_vpc.prevent_destroy"]
        cases: list[tuple[str, Json, list[str]]] = [
            ("aws_lb", {"enable_deletion_protection": True}, ["aws_lb.enable_deletion_protection"]),
            ("aws_lb", {"enable_deletion_protection": "${var.on}"}, ["aws_lb.enable_deletion_protection"]),
            ("aws_lb", {"enable_deletion_protection": "${var.any}"}, ["aws_lb.enable_deletion_protection"]),
            ("aws_lb", {"enable_deletion_protection": False}, []),
            ("aws_lb", {}, []),
            ("aws_cognito_user_pool", {"deletion_protection": "ACTIVE"}, ["aws_cognito_user_pool.deletion_protection"]),
            ("aws_cognito_user_pool", {"deletion_protection": "INACTIVE"}, []),
            ("aws_vpc", {"lifecycle": {"prevent_destroy": True}}, prevented),
            ("aws_vpc", {"lifecycle": [{"prevent_destroy": True}]}, prevented),
            ("aws_vpc", {"lifecycle": {"create_before_destroy": True}}, []),
        ]
        for kind, arguments, expected in cases:
            with self.subTest(kind=kind, arguments=arguments):
                self.assertEqual(self.names(kind, arguments), expected)

    def test_they_are_switched_off_beside_the_files_of_their_module(self) -> None:
        work = Path(self.enterContext(TemporaryDirectory())) / "work"
        shutil.copytree(PROTECTED, work)
        found = protections.find(read_root(PROTECTED))
        protections.switch_off(found, work)
        written = json.loads((work / "modules" / "data" / protections.OVERRIDE_FILE).read_text())
        expected = {
            "aws_dynamodb_table": {"orders": {"deletion_protection_enabled": False}},
            "aws_s3_bucket": {"uploads": {"force_destroy": True}},
            "aws_ssm_parameter": {"release": {"lifecycle": {"prevent_destroy": False}}},
        }
        self.assertEqual(written, {"resource": expected})
        self.assertEqual(
            protections.describe([*found, found[0]]),
            "2 aws_dynamodb_table.deletion_protection_enabled, 1 aws_s3_bucket.force_destroy, "
            "1 aws_ssm_parameter.prevent_destroy",
        )


class Leftovers(unittest.TestCase):
    def test_the_kind_of_thing_in_an_arn(self) -> None:
        cases = [
            ("arn:aws:kms:us-east-2:1:key/0", "key"),
            ("arn:aws:ecs:us-east-2:1:service/cluster/web", "service"),
            ("arn:aws:rds:us-east-2:1:cluster-snapshot:rds:main", "cluster-snapshot"),
            ("arn:aws:s3:::bucket", "bucket"),
        ]
        for arn, expected in cases:
            with self.subTest(arn):
                self.assertEqual(leftovers.kind_of(arn), expected)


class Life(unittest.TestCase):
    def test_a_protected_root_is_applied_used_and_destroyed(self) -> None:
        machine = Machine(this_machine().project, Path(self.enterContext(TemporaryDirectory())))
        off = "1 aws_dynamodb_table.deletion_protection_enabled, 1 aws_s3_bucket.force_destroy, "
        off += "1 aws_ssm_parameter.prevent_destroy"
        with redirect_stderr(StringIO()), opened(PROTECTED, machine.engine("terraform"), "moto", machine) as stack:
            summary = lifetime.live(stack, {"scan": lambda stack: f"scanned {stack.outputs['table']}"})
        self.assertEqual(
            summary,
            "applied 4 of 4, drift none, scanned sample-orders, behaviour 4 of 4, "
            f"protection switched off ({off}), destroyed 4 of 4, nothing left but 1 kept on purpose",
        )


class Faults(unittest.TestCase):
    """Each step finds its fault; all on one applied root, which none of the tests changes for good."""

    stack: ClassVar[Stack]

    @classmethod
    def setUpClass(cls) -> None:
        cls.stack = cls.enterClassContext(applied(PROTECTED))

    def test_drift_is_found(self) -> None:
        parameters = self.stack.client("ssm")
        parameters.put_parameter(Name="/sample/release", Value="0.9.9", Overwrite=True)
        with self.assertRaisesRegex(ProductFault, "drift of 1 resources") as caught:
            lifetime.require_no_drift(self.stack)
        parameters.put_parameter(Name="/sample/release", Value="1.0.0", Overwrite=True)
        self.assertIn("UNEXPECTED update module.data.aws_ssm_parameter.release", caught.exception.details)

    def test_broken_behaviour_is_found(self) -> None:
        def broken(*_: object) -> None:
            raise behaviour.Failed("it does not work")

        with (
            mock.patch.dict(behaviour.CHECKS, {"aws_kms_key": broken}),
            self.assertRaisesRegex(ProductFault, "behaviour 3 of 4") as caught,
        ):
            lifetime.require_behaviour(self.stack)
        self.assertEqual(caught.exception.details, "module.data.aws_kms_key.data: Failed: it does not work")

    def test_what_is_left_is_found(self) -> None:
        before = leftovers.listed(self.stack)
        self.assertEqual(lifetime.require_nothing_left(self.stack, before), "nothing left")
        queue = self.stack.client("sqs").create_queue(QueueName="forgotten", tags={"Project": "sample"})["QueueUrl"]
        with self.assertRaisesRegex(ProductFault, "1 resources are left in the account") as caught:
            lifetime.require_nothing_left(self.stack, before)
        self.stack.client("sqs").delete_queue(QueueUrl=queue)
        self.assertEqual(caught.exception.details, "arn:aws:sqs:us-east-2:111122223333:forgotten")

    def test_an_account_that_lists_nothing_proves_nothing(self) -> None:
        with self.assertRaisesRegex(ProductFault, "the account lists nothing of what was applied"):
            lifetime.require_listed(self.stack, leftovers.listed(self.stack))

    def test_a_protection_that_stays_forbids_the_destruction(self) -> None:
        with self.assertRaisesRegex(ProductFault, "destroy fails") as caught:
            lifetime.destroy(self.stack)
        self.assertIn("prevent_destroy", caught.exception.details)


class Applied(unittest.TestCase):
    def test_a_stack_is_there_for_the_length_of_a_block(self) -> None:
        with applied(PROTECTED, emulator="ministack") as stack:
            self.assertEqual(stack.outputs, {"table": "sample-orders"})
            self.assertEqual((stack.account, stack.region), ("111122223333", "us-east-2"))
            self.assertEqual(stack.client("dynamodb").list_tables()["TableNames"], ["sample-orders"])
            identity = stack.client("sts").get_caller_identity()
            self.assertEqual(identity["Account"], "111122223333")

    def test_moto_enforces_no_permissions(self) -> None:
        with (
            self.assertRaisesRegex(CannotRun, "moto stores permissions and enforces none"),
            applied(PROTECTED, enforce_iam=True),
        ):
            self.fail("it must not start")
