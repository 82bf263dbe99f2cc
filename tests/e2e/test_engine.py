"""Tests of running an engine's program, with small programs in its place, and of reading what it says."""

import json
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from . import engine
from .configuration import Json
from .emulator import Emulator
from .faults import CannotRun


class Programs(unittest.TestCase):
    def test_what_a_program_says_is_kept_apart(self) -> None:
        result = engine.run(["/bin/sh", "-c", "echo good; echo bad >&2; exit 3"], Path("/"), {})
        self.assertEqual((result.stdout, result.stderr, result.returncode), ("good\n", "bad\n", 3))

    def test_a_program_that_does_not_end_is_ended(self) -> None:
        with mock.patch.object(engine, "TIME_LIMIT_SECONDS", 0.2), mock.patch.object(engine, "GRACE_SECONDS", 0.2):
            for script in ("sleep 60", "trap '' INT; sleep 60"):
                with self.subTest(script):
                    result = engine.run(["/bin/sh", "-c", script], Path("/"), {"PATH": "/usr/bin:/bin"})
                    self.assertNotEqual(result.returncode, 0)
                    self.assertIn("interrupted after 0.2 s", result.stderr)

    def test_a_broken_engine_is_said(self) -> None:
        with TemporaryDirectory() as folder:
            broken = engine.Engine("tofu", Path("/bin/false"), Path(folder) / "engine.tfrc")
            with self.assertRaisesRegex(CannotRun, "/bin/false does not work"):
                broken.version()


class Plans(unittest.TestCase):
    def test_a_plan_is_narrowed_down_to_its_targets(self) -> None:
        work = Path(self.enterContext(TemporaryDirectory()))
        program = work / "engine"
        program.write_text('#!/bin/sh\nprintf "%s\\n" "$@" >arguments\n')
        program.chmod(0o755)
        stand_in = engine.Engine("terraform", program, work / "engine.tfrc")
        for targets in ((), ("module.a.aws_vpc.main", "aws_x.y")):
            with self.subTest(targets=targets):
                engine.Session(stand_in, work, Emulator("http://127.0.0.1:9"), "123456789012", targets).plan()
                given = [word for word in (work / "arguments").read_text().split() if word.startswith("-target")]
                self.assertEqual(given, [f"-target={address}" for address in targets])


class Diagnostics(unittest.TestCase):
    diagnostic: Json = {
        "severity": "error",
        "summary": "No such thing",
        "detail": "It is\n  not there.",
        "address": "a.b",
    }

    def test_a_diagnostic_is_one_line(self) -> None:
        place = {"filename": "main.tf.json", "start": {"line": 3}}
        cases: list[tuple[Json, str]] = [
            (self.diagnostic, "error: a.b: No such thing: It is not there."),
            ({"severity": "warning", "summary": "Old", "range": place}, "warning: main.tf.json:3: Old"),
            ({"severity": "error", "summary": "Old"}, "error: Old"),
        ]
        for diagnostic, expected in cases:
            with self.subTest(expected):
                self.assertEqual(engine.describe(diagnostic), expected)

    def test_a_data_source_is_not_managed(self) -> None:
        for resource, managed in (("aws_vpc.data", True), ("data.aws_vpc.main", False)):
            with self.subTest(resource):
                self.assertEqual(engine.is_managed({"addr": f"module.data.{resource}", "resource": resource}), managed)

    def test_errors_are_found_among_other_lines(self) -> None:
        lines = [
            "plain words",
            json.dumps({"type": "version"}),
            json.dumps({"diagnostic": {"severity": "warning", "summary": "Old"}}),
            json.dumps({"diagnostic": self.diagnostic}),
        ]
        self.assertEqual(list(engine.printed_errors("\n".join(lines))), [engine.describe(self.diagnostic)])
