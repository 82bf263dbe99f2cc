"""Tests of the command line: what its options mean, and which exit status an end has."""

import unittest
from contextlib import redirect_stderr
from io import StringIO
from unittest import mock

from . import __main__ as command_line
from .faults import CannotRun
from .runner import Settings
from .stack import this_machine


def end(*arguments: str, result: object) -> tuple[int, list[Settings], str]:
    """Runs the command line over a stand-in for the run; gives the status, the settings and what it said."""
    project = this_machine().project
    with (
        mock.patch("sys.argv", ["run", *arguments]),
        mock.patch.object(command_line, "run", side_effect=[result]) as run,
        mock.patch(f"{__package__}.tools.find_product", return_value=project / "platgen"),
        mock.patch("signal.signal"),
        redirect_stderr(StringIO()) as said,
    ):
        status = command_line.main()
    return status, [call.args[0] for call in run.call_args_list], said.getvalue()


class CommandLine(unittest.TestCase):
    def test_the_status_of_each_end(self) -> None:
        cases: list[tuple[object, int, str]] = [
            (True, 0, ""),
            (False, 1, ""),
            (CannotRun("no engine"), 2, "tests/e2e: no engine\n"),
            (KeyboardInterrupt(), 130, ""),
        ]
        for result, expected, said in cases:
            with self.subTest(expected):
                status, _, printed = end(result=result)
                self.assertEqual((status, printed), (expected, said))

    def test_everything_is_run_unless_options_narrow_it(self) -> None:
        _, (settings,), _ = end(result=True)
        self.assertEqual((settings.engines, settings.examples), ((), ()))
        self.assertEqual((settings.environment, settings.keep), (None, False))
        self.assertEqual((settings.apply, settings.policy, settings.emulator), (False, False, "moto"))

    def test_options_narrow(self) -> None:
        options = ["--engine", "tofu", "--example", "a", "--example", "b", "--environment", "dev", "--keep"]
        _, (settings,), _ = end(*options, result=True)
        self.assertEqual((settings.engines, settings.examples), (("tofu",), ("a", "b")))
        self.assertEqual((settings.environment, settings.keep), ("dev", True))

    def test_a_run_may_apply(self) -> None:
        _, (settings,), _ = end("--apply", "--policy", result=True)
        self.assertEqual((settings.apply, settings.policy, settings.emulator), (True, True, "moto"))
        _, (settings,), _ = end("--apply", "--emulator", "ministack", result=True)
        self.assertEqual((settings.apply, settings.policy, settings.emulator), (True, False, "ministack"))

    def test_policies_are_scanned_only_when_they_are_applied(self) -> None:
        for options in (["--policy"], ["--policy", "--apply", "--emulator", "ministack"]):
            with self.subTest(options), self.assertRaises(SystemExit) as ended:
                end(*options, result=True)
            self.assertEqual(ended.exception.code, 2)

    def test_a_request_to_end_is_taken_as_an_interrupt(self) -> None:
        with self.assertRaises(KeyboardInterrupt):
            command_line.stop(15, None)
