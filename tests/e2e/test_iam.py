"""Tests of the proof of least privilege: that it finds what it is for. Policies are changed in memory, as a fault would."""

from __future__ import annotations

import copy
import json
import unittest

from e2e.configuration import Json
from e2e.iam.documents import Facts
from e2e.iam.proof import Proof, Verdict
from e2e.iam.simulator import Simulator, installed
from e2e.iam.stars import Stars
from e2e.stack import this_machine

ACCOUNT = "123456789012"
TABLE = f"arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/orders"
ROLE = "module.compute.aws_iam_role.service__web__task"
POLICY = "module.compute.aws_iam_role_policy.service__web__task__table__orders"
STATEMENTS: list[Json] = [
    {
        "Effect": "Allow",
        "Action": ["dynamodb:PutItem", "dynamodb:UpdateItem"],
        "Resource": TABLE,
    }
]
EDGE: Json = {
    "from": "service.web",
    "to": "table.orders",
    "origin": "declared",
    "because": {"path": "service.web.uses.table.orders"},
    "said": {"write": {}},
    "rights": [{"role": "task", "actions": ["dynamodb:PutItem"], "resources": [TABLE]}],
}


def verdict(statements: list[Json]) -> Verdict:
    """What the proof says of a root with one table and one service that writes to it."""
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    resources: dict[str, Json] = {
        "module.data.aws_dynamodb_table.orders": {"arn": TABLE},
        ROLE: {"arn": f"arn:aws:iam::{ACCOUNT}:role/web", "name": "web"},
        POLICY: {"policy": policy, "role": "web"},
    }
    facts = Facts(ACCOUNT, "eu-central-1", resources)
    graph: Json = {"edges": [EDGE], "things": []}
    return Proof(graph, facts, Simulator(installed(this_machine().cache), ACCOUNT), Stars()).verdict()


class ProofOfRights(unittest.TestCase):
    """One policy that is right, and what a fault would make of it."""

    def test_right_policy(self) -> None:
        found = verdict(STATEMENTS)
        self.assertEqual(([], []), (found.faults, found.unexplained))
        self.assertEqual((2, 1), (found.allowed, found.edges))
        self.assertGreater(found.denied, 2)

    def test_widened_resource(self) -> None:
        changed = copy.deepcopy(STATEMENTS)
        changed[0]["Resource"] = f"{TABLE}*"
        found = verdict(changed).unexplained
        self.assertIn(f"{ROLE} may call dynamodb:PutItem on {TABLE}any", found)

    def test_one_action_more(self) -> None:
        changed = copy.deepcopy(STATEMENTS)
        changed[0]["Action"].append("dynamodb:DescribeTimeToLive")
        found = verdict(changed)
        self.assertEqual([], found.faults)
        self.assertEqual([f"{ROLE} may call dynamodb:DescribeTimeToLive on {TABLE}"], found.unexplained)

    def test_pattern_of_actions(self) -> None:
        changed = copy.deepcopy(STATEMENTS)
        changed[0]["Action"] = ["dynamodb:*"]
        self.assertIn(f"{POLICY} allows `dynamodb:*`", verdict(changed).faults)

    def test_everything(self) -> None:
        changed = copy.deepcopy(STATEMENTS)
        changed[0]["Resource"] = ["*"]
        self.assertIn(f"{POLICY} allows dynamodb:PutItem on `*`, and stars.toml has no reason for it", verdict(changed).faults)

    def test_dropped_statement(self) -> None:
        self.assertTrue(any("denied, and must not be" in fault for fault in verdict([]).faults))

    def test_dropped_action(self) -> None:
        changed = copy.deepcopy(STATEMENTS)
        changed[0]["Action"] = ["dynamodb:PutItem"]
        found = verdict(changed)
        self.assertEqual(1, len(found.faults))
        self.assertIn("dynamodb:UpdateItem", found.faults[0])


if __name__ == "__main__":
    unittest.main()
