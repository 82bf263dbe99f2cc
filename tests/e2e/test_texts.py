"""Tests of the check of workflows and templates."""

import json
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

from . import texts
from .configuration import Json
from .faults import CannotRun, ProductFault
from .stack import this_machine

WAITS = {"Type": "Wait", "Seconds": 1, "End": True}


def machine(states: Json) -> Json:
    """A resource instance with a workflow that starts in `First`."""
    definition = json.dumps({"StartAt": "First", "States": states})
    return {"address": "aws_sfn_state_machine.x", "type": "aws_sfn_state_machine", "values": {"definition": definition}}


def template(text: str) -> Json:
    """A resource instance with a template."""
    return {"address": "aws_ses_template.x", "type": "aws_ses_template", "values": {"subject": "Hello", "html": text}}


class Texts(unittest.TestCase):
    def setUp(self) -> None:
        self.environments = this_machine().environments

    def test_what_is_sound(self) -> None:
        block = "{{#each items}}{{label}} of {{../who.name}}{{/each}}{{#if gift}}{{gift}}{{else}}{{none}}{{/if}}"
        cases: list[tuple[list[Json], str]] = [
            ([machine({"First": WAITS})], "texts 1 of 1"),
            ([template("{{a}} {{{b}}} {{c.d}}"), machine({"First": WAITS})], "texts 3 of 3"),
            ([template(block)], "texts 2 of 2"),
            ([{"address": "aws_vpc.x", "type": "aws_vpc", "values": {}}], ""),
        ]
        for resources, expected in cases:
            with self.subTest(resources):
                self.assertEqual(texts.check(resources, self.environments), expected)

    def test_what_is_broken(self) -> None:
        wait = machine({"First": {"Type": "Wait", "End": True}})
        lost = machine({"First": {"Type": "Pass", "Next": "Gone"}})
        alone = machine({"First": WAITS, "Second": WAITS})
        cases: list[tuple[Json, str]] = [
            (wait, r"^aws_sfn_state_machine\.x\.definition: .*exactly one of"),
            (lost, "target: Gone"),
            (alone, "State Second is not reachable"),
            (template("{{#each items}}{{label}}"), r"^aws_ses_template\.x\.html: Parse error"),
            (template("{{> footer}}"), "footer"),
            (template("{{upper name}}"), "unknown helper upper"),
        ]
        for resource, expected in cases:
            with self.subTest(resource), self.assertRaisesRegex(ProductFault, "texts . of .") as caught:
                texts.check([resource], self.environments)
            self.assertRegex(caught.exception.details, expected)

    def test_a_check_that_misses_a_planted_fault_does_not_work(self) -> None:
        planted = Path(self.enterContext(TemporaryDirectory())) / "planted.json"
        planted.write_text(json.dumps({"planted: sound": {"kind": "template", "text": "{{name}}"}}))
        with self.assertRaisesRegex(CannotRun, "misses planted faults: planted: sound"):
            texts.faults_of({}, self.environments, planted)
