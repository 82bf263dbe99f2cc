"""The rights of applied roles, enforced: MiniStack checks every call that is made as a role (`enforcement.py`).

One platform is there for this alone. Of the freelancer platform it is the way of the webhook: the role of the route
that sends an event to the queue, and that of the function that receives it.
"""

from __future__ import annotations

import unittest
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

from .enforcement import Row, Trial, read_rows, targets
from .runner import Settings, render, rendering
from .stack import PROJECT, opened, this_machine
from .tools import find_product

HERE = PROJECT / "tests" / "e2e"
OTHER = {"allowed": ("Deny", "denied"), "denied": ("Allow", "allowed")}
"""By verdict, the effect of the statement that turns it, and what it becomes."""


@dataclass(frozen=True)
class Case:
    """One environment of a platform, and the table of what its roles may do."""

    platform: Path
    environment: str
    table: Path


CASES = (
    Case(HERE / "enforced", "test", HERE / "enforced" / "rights.toml"),
    Case(PROJECT / "examples" / "freelancer-platform", "dev", HERE / "freelancer_platform" / "rights.toml"),
)
TRIALS: list[Trial] = []
"""What is applied, while the tests of this module run."""


def setUpModule() -> None:  # noqa: N802
    """Applies everything at once, for most of an apply is waiting."""
    stacks = unittest.enterModuleContext(ExitStack())
    TRIALS.extend(prepared(case, stacks) for case in CASES)
    unittest.addModuleCleanup(TRIALS.clear)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda trial: trial.stack.apply(), TRIALS))
    for trial in TRIALS:
        trial.fill_secrets()


def prepared(case: Case, stacks: ExitStack) -> Trial:
    """The trial of a case, ready to be applied."""
    machine = this_machine()
    settings = Settings(machine, find_product(machine.project), environment=case.environment)
    [rendered] = render(case.platform, stacks.enter_context(rendering(settings)), settings)
    rows, engine = read_rows(case.table), machine.engine("terraform")
    narrowed = targets(rendered.root, rows)
    stack = stacks.enter_context(
        opened(rendered.folder, engine, "ministack", machine, enforce_iam=True, targets=narrowed)
    )
    stack.prepare()
    return Trial(stack, rows)


def rows() -> Iterator[tuple[Trial, Row]]:
    """Every row with the trial that it belongs to."""
    return ((trial, row) for trial in TRIALS for row in trial.rows)


class Enforced(unittest.TestCase):
    def test_a_role_may_do_what_its_edges_give_and_nothing_else(self) -> None:
        for trial, row in rows():
            with self.subTest(**asdict(row)):
                self.assertEqual(trial.verdict(row), row.expected)

    def test_one_right_more_or_less_is_found(self) -> None:
        """The policies of the role alone decide: with one statement more about a call, its verdict is the other one."""
        for trial, row in rows():
            with self.subTest(**asdict(row)):
                effect, other = OTHER[row.expected]
                self.assertEqual(trial.verdict_with(effect, row), other)

    def test_whoever_is_unknown_may_do_nothing(self) -> None:
        for trial in TRIALS:
            session = boto3.Session("AKIAUNKNOWN000000000", "unknown", region_name=trial.stack.region)
            sqs = session.client("sqs", endpoint_url=trial.stack.emulator.url)
            with self.assertRaises(ClientError):
                sqs.list_queues()


if __name__ == "__main__":
    unittest.main()
