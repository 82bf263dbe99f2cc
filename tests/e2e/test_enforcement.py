"""Tests of what must be applied for a table of rights, and of reading it; `test_enforced.py` has the trials."""

import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

from . import enforcement
from .configuration import Block, Json, Module
from .enforcement import Row

ROLE = "${aws_iam_role.task.arn}"
RESOURCES: dict[str, Json] = {
    "aws_lambda_function.main": {"role": ROLE},
    "aws_lambda_function.two": {"role": ROLE, "environment": "${aws_iam_role.other.arn}"},
    "aws_iam_role.task": {},
    "aws_iam_role_policy.task": {"role": "${aws_iam_role.task.id}"},
    "aws_iam_role_policy_attachment.task": {"role": "${aws_iam_role.task.name}"},
    "aws_iam_role_policy.other": {"role": "${aws_iam_role.other.id}"},
    "aws_sqs_queue.jobs": {},
    "aws_sqs_queue_policy.jobs": {"queue_url": "${aws_sqs_queue.jobs.url}"},
    "aws_sqs_queue.idle": {},
    "aws_sqs_queue_policy.idle": {"queue_url": "${aws_sqs_queue.idle.url}"},
    "aws_sqs_queue_redrive_allow_policy.jobs": {"queue_url": "${aws_sqs_queue.jobs.url}"},
}


def tree() -> Module:
    """A root with everything in one module, and roles of the same names in another."""
    root = Module()
    for name in ("one", "two"):
        module = Module((f"module.{name}",), caller=root)
        for address, arguments in RESOURCES.items():
            kind, _, label = address.partition(".")
            module.resources.append(Block(module, kind, label, arguments))
        root.children.append(module)
    return root


def row(target: str) -> Row:
    """A call of the function on something."""
    return Row("module.one.aws_lambda_function.main", "sqs:SendMessage", target, "allowed")


class Targets(unittest.TestCase):
    def test_a_role_is_applied_with_all_its_policies_and_a_thing_with_its_own(self) -> None:
        self.assertEqual(
            enforcement.targets(tree(), [row("module.one.aws_sqs_queue.jobs"), row("undeclared.aws_sqs_queue")]),
            [
                "module.one.aws_iam_role_policy.task",
                "module.one.aws_iam_role_policy_attachment.task",
                "module.one.aws_sqs_queue.jobs",
                "module.one.aws_sqs_queue_policy.jobs",
            ],
        )

    def test_who_takes_on_two_roles_stands_for_neither(self) -> None:
        with self.assertRaisesRegex(LookupError, "aws_lambda_function.two takes on 2 roles"):
            enforcement.role_of(tree(), "module.one.aws_lambda_function.two")


class Tables(unittest.TestCase):
    def test_a_table_has_a_row_for_each_thing(self) -> None:
        file = Path(self.enterContext(TemporaryDirectory())) / "rights.toml"
        file.write_text('["a.b"."sqs:SendMessage"]\nallowed = ["q.one"]\ndenied = ["q.two"]\n')
        self.assertEqual(
            enforcement.read_rows(file),
            [Row("a.b", "sqs:SendMessage", "q.one", "allowed"), Row("a.b", "sqs:SendMessage", "q.two", "denied")],
        )


class Keys(unittest.TestCase):
    def test_the_key_of_an_item_has_the_types_of_its_table(self) -> None:
        attributes = [{"name": "id", "type": "S"}, {"name": "at", "type": "N"}, {"name": "indexed", "type": "S"}]
        table: Json = {"hash_key": "id", "range_key": "at", "attribute": attributes}
        self.assertEqual(enforcement.key_of(table), {"id": {"S": "1"}, "at": {"N": "1"}})


if __name__ == "__main__":
    unittest.main()
