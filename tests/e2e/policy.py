"""Scans a plan with checkov, tf-nag and parliament, and weighs what they find against the accepted findings.

`accepted-findings.json` lists by root, such as `shop/prod`, objects with globs `tool`, `rule` and `address`, and
the reason `why`. A finding that no entry covers is a fault, and so is an entry that covers none. A scanner that
finds nothing in the planted root does not work.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from .configuration import Json, read_root
from .emulator import clean_environment
from .engine import Session, instances
from .environments import Environments
from .faults import CannotRun, ProductFault
from .workcopy import make_work_copy

HERE = Path(__file__).parent
ACCEPTED_FILE = HERE / "accepted-findings.json"
PLANTED = HERE / "planted"
GLOBS = ("tool", "rule", "address")
FAULT_CHARACTERS = 800

IDENTITY_POLICIES = ("aws_iam_policy", "aws_iam_role_policy", "aws_iam_user_policy", "aws_iam_group_policy")
"""Resource types with a policy of an identity; parliament's rules fit those only."""

PLANTED_FINDINGS = {
    ("checkov", "CKV_AWS_145", "aws_s3_bucket.plain"),
    ("checkov", "CKV_AWS_24", "aws_security_group.open"),
    ("checkov", "CKV_AWS_62", "aws_iam_policy.wildcard"),
    ("parliament", "RESOURCE_STAR", "aws_iam_policy.wildcard"),
    ("parliament", "UNKNOWN_ACTION", "aws_iam_policy.wildcard"),
    ("tf-nag", "AwsSolutions-EC23", "aws_security_group.open"),
    ("tf-nag", "AwsSolutions-IAM5", "aws_iam_policy.wildcard"),
    ("tf-nag", "AwsSolutions-S10", "aws_s3_bucket.plain"),
}
"""Some of what is wrong with the planted root: tool, rule and address."""


@dataclass(frozen=True)
class Finding:
    """One violated rule on one resource."""

    tool: str
    rule: str
    address: str
    message: str

    def __str__(self) -> str:
        return f"{self.tool} {self.rule} {self.address}: {self.message}"


@dataclass(frozen=True)
class Report:
    """What a tool found, and how much it looked at."""

    tool: str
    looked_at: str
    findings: list[Finding]


Accepted = dict[str, str]
"""One entry of the accepted findings."""


def check(root: str, session: Session, environments: Environments) -> str:
    """Scans the plan made last and returns the summary; raises `ProductFault` on what is not accepted."""
    prove_alive(session, environments)
    reports = scan(session.plan_json, environments)
    findings = [finding for report in reports for finding in report.findings]
    left, unused = weigh(findings, load_accepted().get(root, []))
    if left or unused:
        lines = [str(finding) for finding in left] + [
            f"accepted, but not found: {json.dumps(entry)}" for entry in unused
        ]
        raise ProductFault(f"{len(left)} findings not accepted, {len(unused)} accepted in vain", "\n".join(lines))
    counts = ", ".join(f"{report.tool} {len(report.findings)} of {report.looked_at}" for report in reports)
    return f"findings accepted ({counts})"


def load_accepted(file: Path = ACCEPTED_FILE) -> dict[str, list[Accepted]]:
    """The accepted findings by root; raises `CannotRun` if one has no reason."""
    accepted: dict[str, list[Accepted]] = json.loads(file.read_text())
    for entry in (entry for entries in accepted.values() for entry in entries):
        if entry.keys() != {*GLOBS, "why"} or not entry["why"]:
            raise CannotRun(f"{file}: every entry has tool, rule, address and why: {json.dumps(entry)}")
    return accepted


def weigh(findings: Iterable[Finding], accepted: Iterable[Accepted]) -> tuple[list[Finding], list[Accepted]]:
    """The findings that no entry covers, and the entries that cover none."""
    found = list(findings)
    entries = list(accepted)
    left = [finding for finding in found if not any(covers(entry, finding) for entry in entries)]
    return left, [entry for entry in entries if not any(covers(entry, finding) for finding in found)]


def covers(entry: Accepted, finding: Finding) -> bool:
    """Whether an entry is about a finding."""
    fields = asdict(finding)
    return all(fnmatchcase(fields[name], entry[name]) for name in GLOBS)


def prove_alive(session: Session, environments: Environments) -> None:
    """Scans the planted root; raises `CannotRun` if a tool misses a fault in it."""
    planted = replace(session, work=session.work.with_name("planted"))
    make_work_copy(PLANTED, read_root(PLANTED), planted.work, session.emulator)
    planted.init()
    planted.shown_plan()
    reports = scan(planted.plan_json, environments)
    found = {(finding.tool, finding.rule, finding.address) for report in reports for finding in report.findings}
    missed = sorted(PLANTED_FINDINGS - found)
    if missed:
        raise CannotRun(f"scanners miss planted faults: {', '.join(' '.join(fault) for fault in missed)}")


def scan(plan_file: Path, environments: Environments) -> list[Report]:
    """Runs all tools."""
    return [
        checkov(environments.program("checkov", "checkov"), plan_file),
        tf_nag(environments.program("scanners", "tf-nag"), plan_file),
        parliament(environments.python("scanners"), json.loads(plan_file.read_text())),
    ]


def checkov(program: Path, plan_file: Path) -> Report:
    """checkov on the plan; only there it sees the values of module variables, on `.tf.json` files it finds nothing."""
    options = ["--framework", "terraform_plan", "--skip-download", "--quiet", "--output", "json"]
    page = run_scanner([str(program), "--file", str(plan_file), *options])
    summary = page["summary"]
    if not summary["resource_count"] or summary["parsing_errors"]:
        raise CannotRun(f"checkov read {summary['resource_count']} resources, {summary['parsing_errors']} errors")
    findings = [
        Finding("checkov", item["check_id"], item["resource_address"] or item["resource"], item["check_name"])
        for item in page["results"]["failed_checks"]
    ]
    return Report("checkov", f"{summary['passed'] + summary['failed']} checks", findings)


def tf_nag(program: Path, plan_file: Path) -> Report:
    """tf-nag on the plan; rules that it cannot decide before an apply count as findings too."""
    page = run_scanner([str(program), "scan", "--plan-json", str(plan_file), "--format", "json"])
    findings = [
        Finding("tf-nag", item["rule_id"], item["address"], f"{item['compliance']}: {item['message']}") for item in page
    ]
    return Report("tf-nag", f"{len(planned_instances(plan_file))} resources", findings)


def planned_instances(plan_file: Path) -> list[Json]:
    """The resource instances of a plan, with the values that they will have."""
    return list(instances(json.loads(plan_file.read_text())["planned_values"]["root_module"]))


def parliament(python: Path, plan: Json) -> Report:
    """parliament on every identity policy whose text is known, which after an apply are all of them."""
    items = [item for item in instances(plan["planned_values"]["root_module"]) if item["type"] in IDENTITY_POLICIES]
    policies = {item["address"]: item["values"].get("policy") for item in items}
    known = {address: text for address, text in policies.items() if text is not None}
    if len(known) < len(policies):
        raise CannotRun(f"{len(policies) - len(known)} policies are not known before an apply")
    page = run_scanner([str(python), str(HERE / "parliament_scan.py")], json.dumps(known))
    findings = [Finding("parliament", item["rule"], item["address"], item["message"]) for item in page]
    return Report("parliament", f"{len(known)} policies", findings)


def run_scanner(command: list[str], text: str = "") -> Any:
    """Runs a scanner that prints JSON and ends with status 1 on findings."""
    done = subprocess.run(command, env=clean_environment({}), input=text, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1) or not done.stdout.strip():
        raise CannotRun(f"{command[0]} fails:\n{(done.stderr or done.stdout)[-FAULT_CHARACTERS:]}")
    return json.loads(done.stdout)
