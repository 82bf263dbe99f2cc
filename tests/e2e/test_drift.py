"""Tests of judging a second plan, on changes made for it."""

import unittest
from typing import Any

from . import drift

EXPECTED = {"aws_kms_key": {"type": "aws_kms_key", "paths": ["rotation"], "why": "test"}}


def judged(actions: list[str], before: Any, after: Any, unknown: Any = None) -> list[drift.Change]:
    """The judgement of one change of a key."""
    change = {"actions": actions, "before": before, "after": after, "after_unknown": unknown or {}}
    item = {"address": "aws_kms_key.k", "type": "aws_kms_key", "change": change}
    return drift.judge({"resource_changes": [item]}, EXPECTED)


class Judgement(unittest.TestCase):
    def test_what_rests_is_no_change(self) -> None:
        for action in ("no-op", "read"):
            with self.subTest(action):
                self.assertEqual(judged([action], {}, {}), [])

    def test_only_what_lies_under_an_expected_path_is_expected(self) -> None:
        cases: list[tuple[list[str], Any, Any, bool]] = [
            (["update"], {"rotation": {"days": 0}}, {"rotation": {"days": 90}}, True),
            (["update"], {"rotation": 0, "policy": "a"}, {"rotation": 1, "policy": "b"}, False),
            (["update"], {"rotation_days": 0}, {"rotation_days": 1}, False),
            (["delete", "create"], {"rotation": 0}, {"rotation": 1}, False),
            (["create"], None, {"rotation": 1}, False),
            (["delete"], {"rotation": 1}, None, False),
        ]
        for actions, before, after, expected in cases:
            with self.subTest(actions=actions, before=before):
                [change] = judged(actions, before, after)
                self.assertEqual(change.expected, expected)

    def test_differences_are_told_by_path_without_indexes(self) -> None:
        cases: list[tuple[list[str], Any, Any, Any, dict[str, str]]] = [
            (["update"], {"a": [{"b": 0}]}, {"a": [{"b": 1}]}, None, {"a.b": "0 -> 1"}),
            (["update"], {"a": 0, "arn": "x"}, {"a": 1}, {"arn": True}, {"a": "0 -> 1"}),
            (["update"], {"arn": "x"}, {}, {"arn": True}, {"arn": drift.AFTER_APPLY}),
            (["delete", "create"], {"a": 0, "b": {}}, {"a": 1, "b": None}, None, {"a": "0 -> 1"}),
            (["create"], None, {"a": 1}, None, {"": "is not there"}),
            (["delete"], {"a": 1}, None, None, {"": "is to be deleted"}),
        ]
        for actions, before, after, unknown, differences in cases:
            with self.subTest(differences):
                [change] = judged(actions, before, after, unknown)
                self.assertEqual(change.differences, differences)

    def test_a_secret_is_not_shown(self) -> None:
        change = {
            "actions": ["update"],
            "before": {"text": "a"},
            "after": {"text": "b"},
            "after_sensitive": {"text": True},
        }
        [found] = drift.judge(
            {"resource_changes": [{"address": "aws_x.y", "type": "aws_x", "change": change}]}, EXPECTED
        )
        self.assertEqual(str(found), "UNEXPECTED update aws_x.y\n    text (sensitive)")

    def test_every_expected_difference_has_a_reason(self) -> None:
        for entry in drift.load_expected().values():
            with self.subTest(entry["type"]):
                self.assertLessEqual({"type", "paths", "why"}, entry.keys())
                self.assertTrue(entry["why"])
