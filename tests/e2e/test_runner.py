"""Tests of the runner: choosing, rendering by a stand-in for platgen, and that each kind of fault is found.

The last ones run Terraform with the real provider on the sample root, as the end-to-end run itself does.
"""

import json
import shutil
import unittest
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from . import runner
from .configuration import Json, read_root
from .emulator import Emulator, Place, running_moto
from .engine import Engine
from .faults import CannotRun, ProductFault
from .stack import Machine
from .test_configuration import SAMPLE, SAMPLE_ADDRESSES


class Project(unittest.TestCase):
    """A test with a project of one example and a stand-in for platgen."""

    def setUp(self) -> None:
        temporary = TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.example = self.folder / "examples" / "sample"
        self.example.mkdir(parents=True)
        (self.example / "platform.toml").touch()

    def settings(self, script: str = "exit 0", examples: tuple[str, ...] = ()) -> runner.Settings:
        product = self.folder / "platgen"
        product.write_text(f'#!/bin/sh\n[ "$1 $3" = "render --out" ] || exit 9\n{script}\n')
        product.chmod(0o755)
        machine = Machine(self.folder, self.folder / "cache")
        return runner.Settings(machine, product, engines=("terraform",), examples=examples)


class Steps(Project):
    def test_examples_are_folders_with_a_platform(self) -> None:
        (self.folder / "examples" / "notes").mkdir()
        self.assertEqual(runner.choose_examples(self.settings()), [self.example])
        self.assertEqual(runner.choose_examples(self.settings(examples=("sample",))), [self.example])

    def test_an_unknown_example_is_said(self) -> None:
        with self.assertRaisesRegex(CannotRun, "no example shop; there are: sample"):
            runner.choose_examples(self.settings(examples=("shop",)))

    def test_a_project_without_examples_is_said(self) -> None:
        shutil.rmtree(self.example)
        with self.assertRaisesRegex(CannotRun, "no example with a platform.toml"):
            runner.choose_examples(self.settings())

    def test_every_rendered_environment_is_found(self) -> None:
        copies = f'for name in dev prod; do mkdir -p "$4/shop"; cp -r "{SAMPLE}" "$4/shop/$name"; done'
        roots = runner.render(self.example, self.folder / "rendered", self.settings(copies))
        self.assertEqual([root.name for root in roots], ["shop/dev", "shop/prod"])

    def test_a_render_that_fails_or_writes_nothing_is_a_fault(self) -> None:
        for script, summary in (("exit 3", "render ends with status 3"), ("exit 0", "render wrote no environment")):
            with self.subTest(script), self.assertRaisesRegex(ProductFault, summary):
                runner.render(self.example, self.folder / "rendered", self.settings(script))

    def test_a_run_counts_bad_examples(self) -> None:
        with redirect_stdout(StringIO()) as summary, redirect_stderr(StringIO()) as details:
            good = runner.run(self.settings("echo faulty >&2; exit 1"))
        self.assertFalse(good)
        self.assertRegex(summary.getvalue(), r"^sample: FAILED, render ends with status 1\n0 of 1 good, \d+ s\n$")
        self.assertIn("faulty", details.getvalue())

    def test_a_run_of_nothing_is_said(self) -> None:
        settings = replace(self.settings(f'mkdir -p "$4/shop"; cp -r "{SAMPLE}" "$4/shop"'), environment="prod")
        with self.assertRaisesRegex(CannotRun, "no example renders the environment prod"):
            runner.run(settings)


class RealEngine(Project):
    emulator: ClassVar[Emulator]

    @classmethod
    def setUpClass(cls) -> None:
        folder = cls.enterClassContext(TemporaryDirectory())
        cls.emulator = cls.enterClassContext(running_moto(Place(Path(folder))))

    def check(self, addresses: list[str], change: Callable[[Path], None] | None = None) -> tuple[bool, str, str]:
        """Checks a changed copy of the sample root; gives the verdict, the summary and the details."""
        root = self.folder / "rendered"
        shutil.copytree(SAMPLE, root)
        if change is not None:
            change(root)
        golden = self.folder / "tests/golden/addresses/sample/dev.txt"
        golden.parent.mkdir(parents=True)
        golden.write_text("\n".join(addresses))
        settings = self.settings()
        rendered = runner.Rendered("sample", "dev", root, read_root(root))
        engine = settings.machine.engine("terraform")

        def check(planned: runner.Rendered, chosen: Engine) -> str:
            return runner.plan_root(planned, chosen, self.emulator, settings)

        with redirect_stdout(StringIO()) as summary, redirect_stderr(StringIO()) as details:
            verdict = runner.check_root(rendered, engine, check)
        return verdict, summary.getvalue(), details.getvalue()

    def refused(self, summary: str, detail: str, change: Callable[[Path], None]) -> None:
        """Asserts that the changed root is at fault."""
        verdict, said, details = self.check(SAMPLE_ADDRESSES, change)
        self.assertFalse(verdict)
        self.assertRegex(said, rf"^sample/dev terraform \S+: FAILED, {summary}\n$")
        self.assertIn(detail, details)

    def test_the_sample_is_good(self) -> None:
        verdict, said, details = self.check(SAMPLE_ADDRESSES)
        self.assertTrue(verdict, details)
        self.assertRegex(said, r"^sample/dev terraform \S+: validate clean, plan 10 to add\n$")
        self.assertFalse((self.folder / "cache/work/terraform/sample/dev").exists())

    def test_a_golden_list_with_another_address(self) -> None:
        verdict, said, details = self.check([*SAMPLE_ADDRESSES, "module.network.aws_subnet.gone"])
        self.assertFalse(verdict)
        self.assertIn("addresses of the plan differ from the golden list", said)
        self.assertIn("-module.network.aws_subnet.gone", details)

    def test_a_warning(self) -> None:
        deprecated = {"aws_s3_bucket": {"logs": {"bucket": "logs", "acl": "private"}}}
        self.refused(r"validate is not clean \(1\)", "Argument is deprecated", adding(deprecated))

    def test_a_block_without_instance(self) -> None:
        none = {"aws_sqs_queue": {"none": {"count": 0, "name": "none"}}}
        self.refused(
            "addresses of the plan differ from the rendered blocks", "-module.network.aws_sqs_queue.none", adding(none)
        )

    def test_a_state_machine_that_is_none(self) -> None:
        body = {"definition": "{}", "name": "broken", "role_arn": "arn:aws:iam::111122223333:role/none"}
        broken = {"aws_sfn_state_machine": {"broken": body}}
        self.refused("plan fails", "aws_sfn_state_machine.broken", adding(broken))

    def test_a_lookup_that_finds_nothing(self) -> None:
        def look_up(root: Path) -> None:
            (root / "added.tf.json").write_text(
                json.dumps({"data": {"aws_ssm_parameter": {"image": {"name": "/none"}}}})
            )

        self.refused("plan fails", "data.aws_ssm_parameter.image", look_up)


def adding(resources: Json) -> Callable[[Path], None]:
    """A change that adds resources to the network module."""

    def change(root: Path) -> None:
        (root / "modules" / "network" / "added.tf.json").write_text(json.dumps({"resource": resources}))

    return change
