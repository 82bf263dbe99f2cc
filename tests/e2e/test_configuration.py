"""Tests of reading a rendered root, of its addresses and of the work copy, on the sample root and on small trees."""

import json
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from . import addresses, fixtures, workcopy
from .configuration import Block, Json, Module, labelled, read_root
from .emulator import DEFAULT_ACCOUNT, Emulator
from .faults import ProductFault

SAMPLE = Path(__file__).parent / "sample" / "dev"
SAMPLE_ADDRESSES = [
    "module.compute.aws_iam_role.workflow",
    "module.compute.aws_security_group.service",
    "module.compute.aws_sfn_state_machine.workflow",
    "module.compute.aws_sqs_queue.jobs",
    "module.compute.aws_ssm_parameter.broker",
    "module.compute.aws_vpc_security_group_egress_rule.broker",
    "module.network.aws_acm_certificate.cdn",
    "module.network.aws_route53_record.main",
    "module.network.aws_vpc.main",
]


class Reading(unittest.TestCase):
    def test_every_resource_block_of_the_tree_is_found(self) -> None:
        self.assertEqual(sorted(addresses.declared(read_root(SAMPLE))), SAMPLE_ADDRESSES)

    def test_every_data_block_of_the_tree_is_found(self) -> None:
        found = {block.address for module in read_root(SAMPLE).tree() for block in module.data}
        expected = {
            "module.compute.aws_caller_identity.current",
            "module.compute.aws_iam_policy_document.assume",
            "module.network.aws_route53_zone.main",
        }
        self.assertEqual(found, expected)

    def test_each_level_may_be_an_object_or_a_list(self) -> None:
        body = {"cidr_block": "10.0.0.0/16"}
        shapes: list[Any] = [
            {"aws_vpc": {"main": body}},
            [{"aws_vpc": {"main": body}}],
            {"aws_vpc": [{"main": body}]},
            {"aws_vpc": {"main": [body], "//": "a comment"}},
        ]
        for shape in shapes:
            with self.subTest(shape):
                self.assertEqual(list(labelled(shape, 2)), [(("aws_vpc", "main"), body)])


class Values(unittest.TestCase):
    root = Module(variables={"zone": {"default": "example.com"}, "host": {"type": "string"}})
    child = Module(
        caller=root,
        inputs={"name": "${var.zone}", "host": "${var.host}", "vpc": "${module.network.id}"},
        variables={"name": {}, "host": {}, "vpc": {}, "private": {"default": True}},
        locals={"domain": "${var.name}"},
    )

    def test_what_is_known_without_an_engine(self) -> None:
        cases: list[tuple[Any, Any]] = [
            ("example.org", "example.org"),
            (7, 7),
            (None, None),
            ("${var.name}", "example.com"),
            ("${local.domain}", "example.com"),
            ("${var.private}", True),
            ("${var.host}", None),
            ("${var.vpc}", None),
            ("${var.absent}", None),
            ("www.${var.name}", None),
            ("${upper(var.name)}", None),
        ]
        for value, expected in cases:
            with self.subTest(value):
                self.assertEqual(self.child.resolve(value), expected)

    def test_only_variables_without_default_are_required(self) -> None:
        self.assertEqual(self.root.required_variables(), {"host": {"type": "string"}})


class Regions(unittest.TestCase):
    root = Module(providers=[{"region": "us-east-2"}, {"alias": "us_east_1", "region": "us-east-1"}])

    def test_a_block_is_in_the_region_of_its_provider(self) -> None:
        cases: list[tuple[Json, str]] = [
            ({}, "us-east-2"),
            ({"provider": "aws"}, "us-east-2"),
            ({"provider": "aws.us_east_1"}, "us-east-1"),
            ({"provider": "aws.unknown"}, fixtures.DEFAULT_REGION),
        ]
        for arguments, expected in cases:
            with self.subTest(arguments):
                block = Block(self.root, "aws_vpc", "main", arguments)
                self.assertEqual(fixtures.region_of(block, self.root), expected)


class Addresses(unittest.TestCase):
    def test_instance_keys_go(self) -> None:
        cases = [
            ("aws_vpc.main", "aws_vpc.main"),
            ("aws_vpc.main[0]", "aws_vpc.main"),
            ('module.a["x"].module.b[12].aws_subnet.c["d"]', "module.a.module.b.aws_subnet.c"),
            ('aws_sqs_queue.jobs["a].b[0"]', "aws_sqs_queue.jobs"),
            (r'aws_sqs_queue.jobs["a\"]"]', "aws_sqs_queue.jobs"),
        ]
        for address, expected in cases:
            with self.subTest(address):
                self.assertEqual(addresses.without_instance_keys(address), expected)

    def test_a_plan_may_do_one_thing_only(self) -> None:
        addresses.require_only("create", {"aws_vpc.a": "create", "aws_vpc.b": "create"})
        for action in ("update", "delete", "replace", "forget"):
            with self.subTest(action), self.assertRaisesRegex(ProductFault, r"does more than create \(1\)") as caught:
                addresses.require_only("create", {"aws_vpc.a": action, "aws_vpc.b": "create"})
            self.assertEqual(caught.exception.details, f"{action} aws_vpc.a")

    def test_a_difference_names_both_sides(self) -> None:
        with self.assertRaises(ProductFault) as caught:
            addresses.require_equal(["aws_vpc.a", "aws_vpc.b"], ["aws_vpc.b", "aws_vpc.c"], "the list", "the plan")
        self.assertEqual(str(caught.exception), "addresses of the plan differ from the list")
        self.assertIn("-aws_vpc.a", caught.exception.details.splitlines())
        self.assertIn("+aws_vpc.c", caught.exception.details.splitlines())
        self.assertNotIn("aws_vpc.b", caught.exception.details)

    def test_equal_sets_pass_in_any_order(self) -> None:
        addresses.require_equal(["b", "a"], ["a", "b"], "the list", "the plan")


class WorkCopy(unittest.TestCase):
    emulator = Emulator("http://127.0.0.1:1")

    def setUp(self) -> None:
        temporary = TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.work = Path(temporary.name) / "work"
        self.work.mkdir()

    def read(self, name: str) -> Any:
        return json.loads((self.work / name).read_text())

    def test_the_copy_is_the_root_and_two_files(self) -> None:
        (self.work / "stale.tf.json").write_text("{}")
        workcopy.make_work_copy(SAMPLE, read_root(SAMPLE), self.work, self.emulator)
        copied = {str(file.relative_to(self.work)) for file in self.work.rglob("*.json")}
        rendered = {str(file.relative_to(SAMPLE)) for file in SAMPLE.rglob("*.json")}
        self.assertEqual(copied, rendered | {workcopy.OVERRIDE_FILE, workcopy.VALUES_FILE})

    def test_every_provider_block_and_the_backend_are_overridden(self) -> None:
        workcopy.make_work_copy(SAMPLE, read_root(SAMPLE), self.work, self.emulator)
        written = self.read(workcopy.OVERRIDE_FILE)
        providers = written["provider"]["aws"]
        self.assertEqual([provider.get("alias") for provider in providers], [None, "us_east_1"])
        self.assertEqual({provider["access_key"] for provider in providers}, {"111122223333"})
        self.assertEqual(list(written["terraform"]["backend"]), ["local"])

    def test_required_variables_get_values(self) -> None:
        workcopy.make_work_copy(SAMPLE, read_root(SAMPLE), self.work, self.emulator)
        values = self.read(workcopy.VALUES_FILE)
        expected = {"broker_host": "broker-host.example.com", "broker_security_group": "sg-0123456789abcdef0"}
        self.assertEqual(values, expected)

    def test_a_value_has_the_declared_type(self) -> None:
        arn = "arn:aws:secretsmanager:us-east-1:1:secret:token_arn"
        cases = [
            ("port", "number", 1),
            ("on", "bool", True),
            ("names", "list(string)", []),
            ("names", "set(string)", []),
            ("tags", "map(string)", {}),
            ("settings", "object({})", {}),
            ("token_arn", "string", arn),
        ]
        for name, declared_type, expected in cases:
            with self.subTest(declared_type):
                self.assertEqual(workcopy.variable_value(name, declared_type, "1"), expected)

    def test_the_account_is_the_first_one_that_is_known(self) -> None:
        cases: list[tuple[Json, str]] = [
            ({}, DEFAULT_ACCOUNT),
            ({"allowed_account_ids": "${var.accounts}"}, DEFAULT_ACCOUNT),
            ({"allowed_account_ids": ["${var.unknown}", "${var.account}"]}, "444455556666"),
            ({"allowed_account_ids": ["111122223333"]}, "111122223333"),
        ]
        for provider, expected in cases:
            with self.subTest(provider):
                root = Module(providers=[provider], variables={"account": {"default": "444455556666"}})
                self.assertEqual(workcopy.account_of(root), expected)

    def test_a_root_without_provider_is_refused(self) -> None:
        with self.assertRaisesRegex(ProductFault, "no provider"):
            workcopy.make_work_copy(SAMPLE, Module(), self.work, self.emulator)
