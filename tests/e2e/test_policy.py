"""Tests of weighing findings, and of the scanners themselves on the planted root."""

import json
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from . import policy
from .emulator import Place, running_moto
from .engine import Session
from .faults import CannotRun, ProductFault
from .stack import this_machine

FINDING = policy.Finding("checkov", "CKV_AWS_1", "module.a.aws_x.y", "A rule.")


def entry(tool: str = "checkov", rule: str = "CKV_*", address: str = "module.a.*") -> policy.Accepted:
    """An accepted finding."""
    return {"tool": tool, "rule": rule, "address": address, "why": "test"}


class Weighing(unittest.TestCase):
    def test_an_entry_covers_by_globs(self) -> None:
        cases = [
            (entry(), True),
            (entry(tool="*"), True),
            (entry(tool="tf-nag"), False),
            (entry(rule="CKV_AWS_2"), False),
            (entry(address="module.b.*"), False),
        ]
        for accepted, covered in cases:
            with self.subTest(accepted):
                left, unused = policy.weigh([FINDING], [accepted])
                self.assertEqual((left, unused), ([], []) if covered else ([FINDING], [accepted]))

    def test_an_entry_needs_a_reason(self) -> None:
        without = {name: text for name, text in entry().items() if name != "why"}
        for faulty in (without, {**entry(), "why": ""}, {**entry(), "note": "more"}):
            with self.subTest(faulty), TemporaryDirectory() as folder:
                file = Path(folder) / "accepted.json"
                file.write_text(json.dumps({"shop/prod": [faulty]}))
                with self.assertRaisesRegex(CannotRun, "every entry has tool, rule, address and why"):
                    policy.load_accepted(file)

    def test_the_accepted_findings_are_well_formed(self) -> None:
        policy.load_accepted()


class Scanners(unittest.TestCase):
    def setUp(self) -> None:
        folder = Path(self.enterContext(TemporaryDirectory()))
        self.machine = this_machine()
        emulator = self.enterContext(running_moto(Place(folder)))
        self.session = Session(self.machine.engine("terraform"), folder / "work", emulator, "111122223333")

    def test_they_report_planted_faults_and_nothing_is_passed_over(self) -> None:
        policy.prove_alive(self.session, self.machine.environments)
        planted = self.session.work.with_name("planted")
        self.session.work.mkdir()
        self.session.plan_json.write_bytes((planted / "plan.json").read_bytes())
        accepted = {"planted/dev": [entry(tool="*", rule="*", address="aws_s3_bucket.*"), entry(rule="GONE")]}
        with (
            mock.patch.object(policy, "load_accepted", return_value=accepted),
            self.assertRaisesRegex(ProductFault, r"\d+ findings not accepted, 1 accepted in vain") as caught,
        ):
            policy.check("planted/dev", self.session, self.machine.environments)
        self.assertIn("parliament RESOURCE_STAR aws_iam_policy.wildcard", caught.exception.details)
        self.assertNotIn("aws_s3_bucket.plain", caught.exception.details)

    def test_a_scanner_that_misses_a_fault_does_not_work(self) -> None:
        with (
            mock.patch.object(policy, "PLANTED_FINDINGS", {("checkov", "CKV_NONE", "aws_x.y")}),
            self.assertRaisesRegex(CannotRun, "scanners miss planted faults: checkov CKV_NONE aws_x.y"),
        ):
            policy.prove_alive(self.session, self.machine.environments)

    def test_a_scanner_that_fails_is_said(self) -> None:
        with self.assertRaisesRegex(CannotRun, "/bin/false fails"):
            policy.run_scanner(["/bin/false"])
