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


TOPIC = f"arn:aws:sns:eu-central-1:{ACCOUNT}:news"
OTHER_TOPIC = f"arn:aws:sns:eu-central-1:{ACCOUNT}:gossip"
QUEUE = f"arn:aws:sqs:eu-central-1:{ACCOUNT}:jobs"
QUEUE_POLICY = "module.messaging.aws_sqs_queue_policy.jobs"
FOREIGN = "arn:aws:iam::999999999999:root"
LETS_IN: Json = {
    "Effect": "Allow",
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": QUEUE,
    "Condition": {"ArnLike": {"aws:SourceArn": TOPIC}},
}
TLS_ONLY: Json = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sqs:*",
    "Resource": QUEUE,
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
FEEDS: Json = {
    "from": "topic.news",
    "to": "queue.jobs",
    "origin": "implied",
    "because": {"path": "queue.jobs.on.topic.news"},
    "sender": "sns.amazonaws.com for ${module.messaging.aws_sns_topic.news.arn}",
}
MUST_NOT = "allowed, and must not be: sns.amazonaws.com sqs:SendMessage"
QUEUE_LETS = "module.messaging.aws_sqs_queue.jobs lets"

PLANTED: dict[str, tuple[Json, str]] = {
    "no source": ({"Condition": {}}, f"{MUST_NOT} on {QUEUE} with aws:SecureTransport"),
    "any source": ({"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:*:*:*:*"}}}, f"{MUST_NOT} on {QUEUE} with aws:SourceArn=arn:aws:iot:"),
    "any account": ({"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:news"}}}, f"{MUST_NOT} on {QUEUE} with aws:SourceArn=arn:aws:sns:eu-central-1:999999999999:"),
    "another topic too": ({"Condition": {"ArnLike": {"aws:SourceArn": [TOPIC, OTHER_TOPIC]}}}, f"{MUST_NOT} on {QUEUE} with aws:SourceArn={OTHER_TOPIC}"),
    "everybody": ({"Principal": "*"}, f"{QUEUE_LETS} anonymous call sqs:SendMessage"),
    "another account": ({"Principal": {"AWS": FOREIGN}}, f"{QUEUE_LETS} arn:aws:iam::999999999999:role/stranger call sqs:SendMessage"),
    "another service too": ({"Principal": {"Service": ["sns.amazonaws.com", "ses.amazonaws.com"]}}, f"{QUEUE_LETS} ses.amazonaws.com call sqs:SendMessage"),
    "one action more": ({"Action": ["sqs:SendMessage", "sqs:PurgeQueue"]}, f"{QUEUE_LETS} sns.amazonaws.com call sqs:PurgeQueue"),
    "every action": ({"Action": "sqs:*"}, f"{QUEUE_LETS} sns.amazonaws.com call sqs:ReceiveMessage"),
    "everything": ({"Resource": "*"}, f"{QUEUE_POLICY} allows sqs:SendMessage on `*`, and stars.toml has no reason for it"),
    "nobody": ({"Effect": "Deny"}, "denied, and must not be: sns.amazonaws.com sqs:SendMessage"),
}  # fmt: skip
"""What is planted into the policy of a queue, and what the proof must say of it."""


def verdict_of_queue(changed: Json, tls: Json) -> list[str]:
    """What the proof finds at a queue that a topic feeds, with changes to the statement that lets the topic in, and to the
    one that keeps out who comes without TLS."""
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{**LETS_IN, **changed}, {**TLS_ONLY, **tls}]})
    url = "https://sqs.eu-central-1.amazonaws.com/jobs"
    resources: dict[str, Json] = {
        "module.messaging.aws_sns_topic.news": {"arn": TOPIC},
        "module.messaging.aws_sns_topic.gossip": {"arn": OTHER_TOPIC},
        "module.messaging.aws_sqs_queue.jobs": {"arn": QUEUE, "url": url},
        QUEUE_POLICY: {"said": {"policy": policy, "queue_url": url}, "holds": ["policy"]},
    }
    for name, topic in (("news", TOPIC), ("gossip", OTHER_TOPIC)):
        text = json.dumps({"Version": "2012-10-17", "Statement": [{**TLS_ONLY, "Action": "sns:Publish", "Resource": topic}]})
        resources[f"module.messaging.aws_sns_topic_policy.{name}"] = {"said": {"arn": topic, "policy": text}, "holds": ["policy"]}
    facts = Facts(ACCOUNT, "eu-central-1", resources)
    simulator = Simulator(installed(this_machine().cache), ACCOUNT)
    found = Proof({"edges": [FEEDS], "things": []}, facts, simulator, Stars()).verdict()
    return [*found.faults, *found.unexplained]


class ProofOfDoors(unittest.TestCase):
    """The policy of a queue that lets a topic in, and what a fault would make of it."""

    def test_right_policy(self) -> None:
        self.assertEqual([], verdict_of_queue({}, {}))

    def test_planted(self) -> None:
        for name, (changed, expected) in PLANTED.items():
            with self.subTest(name):
                found = verdict_of_queue(changed, {})
                self.assertTrue(any(line.startswith(expected) for line in found), found)

    def test_without_tls(self) -> None:
        found = verdict_of_queue({}, {"Action": "sqs:PurgeQueue"})
        self.assertEqual([f"allowed, and must not be: somebody sqs:SendMessage on {QUEUE} with aws:SecureTransport=false"], found)

    def test_policy_that_nobody_reads(self) -> None:
        holder = "module.messaging.aws_new_policy.jobs"
        facts = Facts(ACCOUNT, "eu-central-1", {holder: {"holds": ["policy"]}})
        found = Proof({"edges": [], "things": []}, facts, Simulator(installed(this_machine().cache), ACCOUNT), Stars()).verdict()
        self.assertEqual([f"{holder} has a policy in `policy`, and doors.toml does not speak of it"], found.faults)


if __name__ == "__main__":
    unittest.main()
