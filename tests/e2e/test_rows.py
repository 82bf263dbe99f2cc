"""Tests of rows and of what they stand on: a fault is counted and told, and a wait ends."""

import contextlib
import io
import unittest
from types import SimpleNamespace

from . import alarms, http_api, rows
from .executions import tokens_in


def printed(*checks: object) -> tuple[tuple[int, int], str]:
    """What a theme of some checks gives and prints."""
    theme = rows.theme("sample")
    for number, check in enumerate(checks):
        theme.row(f"check {number}")(check)  # type: ignore[arg-type]
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        result = rows.run([theme], "subject")
    return result, out.getvalue()


class Rows(unittest.TestCase):
    def test_a_fault_is_counted_told_and_stops_no_other_row(self) -> None:
        seen: list[object] = []
        result, text = printed(
            lambda subject: rows.want_equal(1, 2, "the sum"),
            lambda subject: {}["missing"],
            seen.append,
        )
        self.assertEqual((1, 3), result)
        self.assertEqual(["subject"], seen)
        self.assertIn("FAULT sample: check 0: the sum: 1 instead of 2", text)
        self.assertIn("FAULT sample: check 1: KeyError('missing')", text)
        self.assertIn("ok    sample: check 2", text)

    def test_a_wait_ends_with_an_answer_or_in_time(self) -> None:
        answers = iter([0, 0, 3])
        self.assertEqual(3, rows.wait_for(lambda: next(answers), "an answer"))
        with self.assertRaisesRegex(rows.Failed, "nothing: not within 0.1 s"):
            rows.wait_for(lambda: None, "nothing", seconds=0.1)


class Apis(unittest.TestCase):
    request = http_api.Request("POST", "/hooks", {"x-signature": 't="1"'}, '{"id": 1}')

    def test_parameters_are_filled_from_the_request(self) -> None:
        for text, expected in (
            ("$request.body", '{"id": 1}'),
            ("$request.header.X-Signature", 't="1"'),
            ('{"signature":"${request.header.X-Signature}"}', '{"signature":"t=\\"1\\""}'),
            ("plain", "plain"),
        ):
            with self.subTest(text=text):
                self.assertEqual(expected, http_api.filled(text, self.request))

    def test_a_parameter_that_the_request_lacks_is_told(self) -> None:
        with self.assertRaises(KeyError):
            http_api.filled("$request.header.X-Other", self.request)


class Alarms(unittest.TestCase):
    def fires(self, depth: int, comparison: str) -> bool:
        """Whether an alarm at two messages fires for a queue of some depth."""
        queue = SimpleNamespace(
            get_queue_url=lambda **_names: {"QueueUrl": "url"},
            get_queue_attributes=lambda **_names: {"Attributes": {"ApproximateNumberOfMessages": str(depth)}},
        )
        alarm = {
            "Dimensions": [{"Name": "QueueName", "Value": "dead"}],
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "ComparisonOperator": comparison,
            "Threshold": 2.0,
        }
        return alarms.fires(SimpleNamespace(client=lambda _service: queue), alarm)  # type: ignore[arg-type]

    def test_an_alarm_compares_as_it_says(self) -> None:
        self.assertEqual([False, True], [self.fires(depth, "GreaterThanOrEqualToThreshold") for depth in (1, 2)])
        self.assertEqual([False, True], [self.fires(depth, "GreaterThanThreshold") for depth in (2, 3)])


class Tokens(unittest.TestCase):
    def test_tokens_are_found_wherever_a_message_has_them(self) -> None:
        self.assertEqual(["a"], tokens_in({"Message": {"token": "a", "data": {}}}))
        self.assertEqual(["b"], tokens_in({"Message": '{"token": "b"}'}))
        self.assertEqual([], tokens_in({"Message": "hello"}))


if __name__ == "__main__":
    unittest.main()
