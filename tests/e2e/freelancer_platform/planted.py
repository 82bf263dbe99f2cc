"""Faults put into the applied stack, one after the other: the row that is there for each must find it.

A fault is a setting that is changed through the SDK, as somebody might do by hand, and set back afterwards.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from .. import alarms, rows
from ..rows import Row, want
from . import mail, messages, payments, sign_in, uploads, workflow
from .system import System

PLANTED = rows.theme("planted")
SetBack = Callable[[], object]
ROWS = {
    row.name: row
    for theme in (
        sign_in.SIGN_IN,
        messages.MESSAGES,
        uploads.UPLOADS,
        payments.PAYMENTS,
        workflow.WORKFLOW,
        mail.MAIL,
    )
    for row in theme.rows
}


def finds(part: str, reason: str) -> Callable[[Callable[[System], SetBack]], Callable[[System], SetBack]]:
    """Adds a row that plants a fault, and holds if the row with a part of a name fails for that reason."""
    [row] = [row for name, row in ROWS.items() if part in name]

    def add(plant: Callable[[System], SetBack]) -> Callable[[System], SetBack]:
        theme = row.name.partition(":")[0]
        PLANTED.row(f"{plant.__doc__} is found by {theme}: {reason}")(lambda system: found(system, plant, row, reason))
        return plant

    return add


def found(system: System, plant: Callable[[System], SetBack], row: Row, reason: str) -> None:
    """Plants a fault, runs the row, and sets the fault back."""
    people, system.people = system.people, {}
    set_back = plant(system)
    try:
        problem = rows.problem_of(row, system)
    finally:
        set_back()
        system.people = people
    want(problem, f"{row.name} holds all the same")
    want(reason in problem, f"{row.name} fails by something else: {problem}")


@finds("sign-in: freelancers: the function before the generation of tokens", "the role in the id token")
def other_role(system: System) -> SetBack:
    """a function that writes another role"""
    functions = system.stack.client("lambda")
    alias = system.values("aws_lambda_alias", "freelancer_claim")
    name = alias["function_name"]
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": {**variables, "ROLE": "x"}})
    version = functions.publish_version(FunctionName=name)["Version"]
    functions.update_alias(FunctionName=name, Name=alias["name"], FunctionVersion=version)
    return lambda: functions.update_alias(
        FunctionName=name, Name=alias["name"], FunctionVersion=alias["function_version"]
    )


@finds("readable by the platform's own distribution", "another distribution may read")
def public_bucket(system: System) -> SetBack:
    """a bucket policy that lets everybody read"""
    s3, name = system.stack.client("s3"), uploads.bucket(system)
    usual = s3.get_bucket_policy(Bucket=name)["Policy"]
    policy = json.loads(usual)
    public = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*"}
    policy["Statement"].append(public)
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
    return lambda: s3.put_bucket_policy(Bucket=name, Policy=usual)


@finds("by the bucket's CORS rules", "what a foreign page is allowed")
def open_pages(system: System) -> SetBack:
    """CORS rules for every page"""
    s3, name = system.stack.client("s3"), uploads.bucket(system)
    usual = s3.get_bucket_cors(Bucket=name)["CORSRules"]
    changed = [{**rule, "AllowedOrigins": ["*"]} for rule in usual]
    s3.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": changed})
    return lambda: s3.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": usual})


@finds("kept as versions", "the versions")
def no_versions(system: System) -> SetBack:
    """a bucket that keeps no versions"""
    s3, name = system.stack.client("s3"), uploads.bucket(system)

    def keep(status: str) -> Any:
        return s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": status})

    keep("Suspended")
    return lambda: keep("Enabled")


@finds("a poisoned event ends in the dead-letter queue", "the alarm does not fire")
def deaf_alarm(system: System) -> SetBack:
    """an alarm that takes many dead letters to fire"""
    cloudwatch = system.stack.client("cloudwatch")
    dead = payments.queue(system, "payment_events__dead_letter")["name"]
    [alarm] = alarms.of_queue(system.stack, dead, "ApproximateNumberOfMessagesVisible")
    taken = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    usual = {key: value for key, value in alarm.items() if key in taken}
    cloudwatch.put_metric_alarm(**{**usual, "Threshold": 100.0})
    return lambda: cloudwatch.put_metric_alarm(**usual)


@finds("bidding that ends without bids", "the end: 'FAILED'")
def other_way(system: System) -> SetBack:
    """a workflow that goes another way"""
    states, arn = system.stack.client("stepfunctions"), workflow.machine(system)
    usual = states.describe_state_machine(stateMachineArn=arn)["definition"]
    changed = copy.deepcopy(json.loads(usual))
    changed["States"]["AnyBids"]["Default"] = "ProjectFailed"
    states.update_state_machine(stateMachineArn=arn, definition=json.dumps(changed))
    return lambda: states.update_state_machine(stateMachineArn=arn, definition=usual)


@finds("an e-mail is sent from each template", "the subjects")
def broken_template(system: System) -> SetBack:
    """a template with a placeholder that nobody fills"""
    ses, name = system.stack.client("ses"), mail.template(system, "project-completed")
    usual = ses.get_template(TemplateName=name)["Template"]
    ses.update_template(Template={**usual, "TextPart": "{{nobody}}"})
    return lambda: ses.update_template(Template=usual)
