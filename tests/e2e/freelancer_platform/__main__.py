"""The command line of `tests/e2e/alive`. Exit status: 0 alive, 1 something does not hold, 2 it cannot run."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from .. import kept, rows, tools
from ..__main__ import STOPPED, stop
from ..faults import CannotRun, ProductFault
from ..stack import Stack, applied
from . import system
from .mail import MAIL
from .messages import MESSAGES
from .payments import PAYMENTS
from .planted import PLANTED
from .sign_in import SIGN_IN
from .uploads import UPLOADS
from .workflow import WORKFLOW

EMULATOR = "moto"
THEMES = {theme.name: theme for theme in (SIGN_IN, MESSAGES, UPLOADS, PAYMENTS, WORKFLOW, MAIL, PLANTED)}


def main() -> int:
    """Applies an environment, runs all rows on it, and returns the exit status."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    options = build_parser().parse_args()
    try:
        return alive(options)
    except CannotRun as problem:
        print(f"tests/e2e: {problem}", file=sys.stderr)
        return 2
    except ProductFault as fault:
        print(f"{label(options)}: {fault}\n{fault.details}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return STOPPED


def alive(options: argparse.Namespace) -> int:
    """The rows on a stack, with their summary."""
    begin = time.monotonic()
    with stack_for(options) as stack:
        print(f"{label(options)}: {len(stack.resources)} resources ({time.monotonic() - begin:.0f} s)", file=sys.stderr)
        themes = [THEMES[name] for name in options.theme or THEMES]
        with system.running(stack) as subject:
            good, total = rows.run(themes, subject)
        print(f"{label(options)} alive: {good} of {total} ({time.monotonic() - begin:.0f} s)", flush=True)
        if options.stay:
            stay(stack)
    return 0 if good == total else 1


def label(options: argparse.Namespace) -> str:
    """What the summary is about."""
    return f"{system.EXAMPLE.name}/{options.environment}"


@contextmanager
def stack_for(options: argparse.Namespace) -> Iterator[Stack]:
    """The stack to run on: one that another process keeps, or a new one."""
    root = system.path_of(options.environment)
    if options.kept:
        yield kept.found(root, options.engine, EMULATOR)
        return
    with applied(root, engine=options.engine, emulator=EMULATOR) as stack:
        yield stack


def stay(stack: Stack) -> None:
    """Keeps a stack until Ctrl-C."""
    with kept.kept(stack):
        print("the stack stays until Ctrl-C; use it with --kept", file=sys.stderr)
        signal.pause()


def build_parser() -> argparse.ArgumentParser:
    """The options; argparse itself ends a wrong use with status 2."""
    parser = argparse.ArgumentParser(
        prog="tests/e2e/alive",
        description="Apply the freelancer platform to an emulated account, and see it alive.",
    )
    parser.add_argument("--environment", default="dev", metavar="NAME", help="what to apply (default: %(default)s)")
    parser.add_argument("--engine", choices=tools.ENGINES, default="terraform", help="(default: %(default)s)")
    parser.add_argument("--theme", action="append", choices=list(THEMES), help="only these rows, repeatable")
    parser.add_argument("--stay", action="store_true", help="keep the stack applied afterwards, until Ctrl-C")
    parser.add_argument("--kept", action="store_true", help="run on the stack that another process keeps")
    return parser


if __name__ == "__main__":
    sys.exit(main())
