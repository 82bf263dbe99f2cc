"""Named checks on an applied stack, each a row of the summary: `ok` or `FAULT` with the reason, and how long it took.

A row is a function that uses the stack and fails by `want`, by an error, or not at all. Rows run in the order in which
they are written, because the later ones build on what the earlier ones made; one that fails stops none.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

Answer = TypeVar("Answer")

WAIT_SECONDS = 60
PAUSE_SECONDS = 0.2
REASON_CHARACTERS = 400


class Failed(Exception):
    """A row that does not hold; the text says what was seen."""


@dataclass(frozen=True)
class Row:
    """One check."""

    name: str
    check: Callable[[Any], None]


@dataclass
class Theme:
    """Rows about one subject."""

    name: str
    rows: list[Row]

    def row(self, name: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
        """Adds a function as a row."""

        def add(check: Callable[[Any], None]) -> Callable[[Any], None]:
            self.rows.append(Row(f"{self.name}: {name}", check))
            return check

        return add


def theme(name: str) -> Theme:
    """A subject without rows yet."""
    return Theme(name, [])


def run(themes: Sequence[Theme], subject: Any) -> tuple[int, int]:
    """Runs all rows and prints a line for each; how many held, and how many there are."""
    rows = [row for group in themes for row in group.rows]
    good = sum(held(row, subject) for row in rows)
    return good, len(rows)


def held(row: Row, subject: Any) -> bool:
    """Runs one row and prints its line."""
    begin = time.monotonic()
    problem = problem_of(row, subject)
    verdict = "FAULT" if problem else "ok"
    reason = f": {' '.join(problem.split())[:REASON_CHARACTERS]}" if problem else ""
    print(f"{verdict:5} {row.name}{reason} ({time.monotonic() - begin:.1f} s)", flush=True)
    return not problem


def problem_of(row: Row, subject: Any) -> str:
    """Runs one row; why it does not hold, or nothing. The place of an unexpected error goes to stderr."""
    try:
        row.check(subject)
    except Failed as failed:
        return str(failed)
    except Exception as error:  # an SDK error is a failed row like any other
        traceback.print_exc(file=sys.stderr)
        return repr(error)
    return ""


def want(condition: object, problem: str) -> None:
    """Fails the row unless a condition holds."""
    if not condition:
        raise Failed(problem)


def want_equal(seen: object, expected: object, what: str) -> None:
    """Fails the row unless two values are the same, and shows both."""
    want(seen == expected, f"{what}: {seen!r} instead of {expected!r}")


def wait_for(ask: Callable[[], Answer], what: str, seconds: float = WAIT_SECONDS) -> Answer:
    """Asks until the answer is true in any way, and returns it."""
    deadline = time.monotonic() + seconds
    while True:
        if answer := ask():
            return answer
        if time.monotonic() > deadline:
            raise Failed(f"{what}: not within {seconds:g} s")
        time.sleep(PAUSE_SECONDS)
