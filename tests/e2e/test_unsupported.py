"""Tests of leaving out what an emulator does not take, and of the Python environments of other programs."""

import json
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from . import environments, unsupported
from .configuration import Block, Module
from .environments import Environments
from .faults import CannotRun


class LeavingOut(unittest.TestCase):
    def test_only_what_a_root_has_is_left_out(self) -> None:
        root = Module()
        root.resources = [Block(root, kind, "main", {}) for kind in ("aws_vpc", "aws_appautoscaling_target")]
        self.assertEqual(unsupported.types("moto", root), ())
        self.assertEqual(unsupported.types("ministack", root), ("aws_appautoscaling_target",))

    def test_a_file_without_resources_lists_none(self) -> None:
        work = Path(self.enterContext(TemporaryDirectory()))
        file = work / "main.tf.json"
        file.write_text(json.dumps({"resource": {"aws_x": {}}, "locals": {}}))
        unsupported.take_out(work, ("aws_x",))
        self.assertEqual(json.loads(file.read_text()), {"locals": {}})

    def test_blocks_are_taken_out_of_every_module(self) -> None:
        work = Path(self.enterContext(TemporaryDirectory()))
        (work / "modules").mkdir()
        for file in (work / "main.tf.json", work / "modules" / "main.tf.json"):
            file.write_text(json.dumps({"resource": {"aws_vpc": {}, "aws_x": {}}, "output": {}}))
        unsupported.take_out(work, ("aws_x",))
        for file in (work / "main.tf.json", work / "modules" / "main.tf.json"):
            self.assertEqual(json.loads(file.read_text()), {"resource": {"aws_vpc": {}}, "output": {}})


class OtherPrograms(unittest.TestCase):
    def test_an_environment_that_cannot_be_made_is_said(self) -> None:
        cache = Path(self.enterContext(TemporaryDirectory()))
        with self.assertRaisesRegex(CannotRun, "the environment absent cannot be made"):
            Environments(cache).python("absent")

    def test_a_program_that_is_missing_is_said(self) -> None:
        cache = Path(self.enterContext(TemporaryDirectory()))
        script = cache / "environment"
        script.write_text(f"#!/bin/sh\necho {cache}\n")
        script.chmod(0o755)
        with (
            mock.patch.object(environments, "SCRIPT", script),
            self.assertRaisesRegex(CannotRun, "bin/checkov is missing; remove its environment"),
        ):
            Environments(cache).program("checkov", "checkov")
