"""The command line of the end-to-end run. Exit status: 0 good, 1 the product is at fault, 2 it cannot run."""

from __future__ import annotations

import argparse
import signal
import sys
from types import FrameType

from . import tools
from .emulator import EMULATORS
from .faults import CannotRun
from .runner import Settings, run
from .stack import this_machine

STOPPED = 130
"""The status of a program that ends on Ctrl-C, by the shells' convention."""


def main() -> int:
    """Runs what the command line asks for and returns the exit status."""
    signal.signal(signal.SIGTERM, stop)
    parser = build_parser()
    options = parser.parse_args()
    if options.policy and not (options.apply and options.emulator == "moto"):
        parser.error("--policy needs --apply to moto: policies are not known before, nor all settings elsewhere")
    try:
        good = run(settings_from(options))
    except CannotRun as problem:
        print(f"tests/e2e: {problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return STOPPED
    return 0 if good else 1


def stop(_signal: int, _frame: FrameType | None) -> None:
    """Makes a request to end take the way of Ctrl-C, so that child processes are ended too."""
    raise KeyboardInterrupt


def build_parser() -> argparse.ArgumentParser:
    """The options; argparse itself ends a wrong use with status 2."""
    parser = argparse.ArgumentParser(
        prog="tests/e2e/run",
        description="Render the examples and take them through init, validate and plan with the real engines.",
    )
    parser.add_argument(
        "--engine",
        action="append",
        default=[],
        choices=tools.ENGINES,
        help="engine to run, repeatable (default: both; with --apply one per environment, in turn)",
    )
    parser.add_argument(
        "--example", action="append", default=[], metavar="NAME", help="folder of examples/, repeatable (default: all)"
    )
    parser.add_argument("--environment", metavar="NAME", help="the one environment to look at (default: all)")
    parser.add_argument(
        "--apply", action="store_true", help="apply, plan again, use, destroy; one emulator per environment"
    )
    parser.add_argument("--policy", action="store_true", help="with --apply: scan the plan of what is applied")
    parser.add_argument(
        "--emulator", choices=EMULATORS, default=EMULATORS[0], help="what to apply to (default: %(default)s)"
    )
    parser.add_argument("--keep", action="store_true", help="keep the work copies of good runs too")
    return parser


def settings_from(options: argparse.Namespace) -> Settings:
    """The settings for the project that this file belongs to."""
    machine = this_machine()
    return Settings(
        machine=machine,
        product=tools.find_product(machine.project),
        engines=tuple(options.engine),
        examples=tuple(options.example),
        environment=options.environment,
        keep=options.keep,
        apply=options.apply,
        policy=options.policy,
        emulator=options.emulator,
    )


if __name__ == "__main__":
    sys.exit(main())
