"""Tests of child processes: what they print is read, what they are not given they do not see, and they end."""

import os
import sys
import unittest
from pathlib import Path
from unittest.mock import patch

from . import children
from .faults import CannotRun

ECHO = """
import os, sys
print(os.environ.get('SECRET', 'none'), flush=True)
for line in sys.stdin:
    print(line, end='', flush=True)
"""
SECONDS = 30


class Children(unittest.TestCase):
    def test_a_child_is_talked_to_and_ended(self) -> None:
        with (
            patch.dict(os.environ, {"SECRET": "of the caller"}),
            children.running([sys.executable, "-c", ECHO], Path.cwd(), {}) as child,
        ):
            self.assertEqual("none", child.read(SECONDS))
            child.tell("hello")
            self.assertEqual("hello", child.read(SECONDS))
        self.assertIsNotNone(child.process.returncode)

    def test_an_end_is_told_at_once_with_what_was_said(self) -> None:
        script = "import sys; print('no server', file=sys.stderr); sys.exit(3)"
        with children.running([sys.executable, "-c", script], Path.cwd(), {}) as child:
            child.process.wait(SECONDS)
            with self.assertRaisesRegex(RuntimeError, "ended"):
                child.read(SECONDS)
        self.assertEqual(["no server"], child.said)

    def test_a_missing_program_is_named(self) -> None:
        with self.assertRaisesRegex(CannotRun, "no-such-program is not on PATH"), children.running(
            ["no-such-program"], Path.cwd(), {}
        ):
            self.fail("it runs")


if __name__ == "__main__":
    unittest.main()
