"""Tests of what a resource policy allows: one policy, and calls that differ from the allowed one in one thing."""

import unittest
from typing import Any

from .grants import Call, allows

POLICY: dict[str, Any] = {
    "Statement": [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": ["arn:aws:s3:::files", "arn:aws:s3:::files/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::files/*",
            "Condition": {"StringEquals": {"AWS:SourceArn": "arn:distribution/A"}},
        },
    ]
}
GOOD: dict[str, Any] = {
    "action": "s3:GetObject",
    "resource": "arn:aws:s3:::files/a",
    "service": "cloudfront.amazonaws.com",
    "context": {"aws:SourceArn": "arn:distribution/A", "aws:SecureTransport": "true"},
}


class Policies(unittest.TestCase):
    def test_a_call_is_allowed_only_as_it_is_written(self) -> None:
        self.assertTrue(allows(POLICY, Call(**GOOD)))
        for change in (
            {"action": "s3:PutObject"},
            {"resource": "arn:aws:s3:::files"},
            {"service": None},
            {"service": "logs.amazonaws.com"},
            {"context": {"aws:SourceArn": "arn:distribution/B"}},
            {"context": {}},
            {"context": {**GOOD["context"], "aws:SecureTransport": "false"}},
        ):
            with self.subTest(change=change):
                self.assertFalse(allows(POLICY, Call(**{**GOOD, **change})))

    def test_everybody_is_allowed_what_a_policy_gives_to_all(self) -> None:
        public = {"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:Get*", "Resource": "*"}}
        self.assertTrue(allows(public, Call("s3:GetObject", "arn:aws:s3:::files/a")))

    def test_what_is_not_known_is_an_error(self) -> None:
        for odd in (
            {"Effect": "Allow", "NotPrincipal": "*", "Action": "*", "Resource": "*"},
            {**POLICY["Statement"][1], "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}},
        ):
            with self.assertRaises(NotImplementedError):
                allows({"Statement": [odd]}, Call(**GOOD))


if __name__ == "__main__":
    unittest.main()
