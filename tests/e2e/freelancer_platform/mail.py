"""What people receive: the four e-mails, and the three topics. Nothing leaves the machine; the emulator notes it."""

from __future__ import annotations

import json
import uuid

from .. import rows
from ..rows import want_equal, wait_for
from . import people, workflow
from .system import System

MAIL = rows.theme("mail")
TEMPLATES = {
    "project-created": {"title": "A barn"},
    "freelancer-selected": {"title": "A barn"},
    "milestone-approved": {"name": "The roof", "title": "A barn"},
    "project-completed": {"title": "A barn"},
}
"""The templates, and what the platform puts into each."""

SUBJECTS = {
    "project-created": "Your project A barn is live",
    "freelancer-selected": "You were selected for A barn",
    "milestone-approved": "Milestone The roof approved",
    "project-completed": "A barn is complete",
}


def template(system: System, name: str) -> str:
    """The name at AWS of a template, as the service is told of it."""
    return system.variables[f"MAIL_TEMPLATE_{name.upper().replace('-', '_')}"]


@MAIL.row("an e-mail is sent from each template through the configuration set, by the domain's own sender")
def sends_templates(system: System) -> None:
    receiver = f"reader-{uuid.uuid4().hex[:8]}@example.com"
    sender, through = system.variables["MAIL_FROM"], system.variables["MAIL_CONFIGURATION_SET"]
    for name, data in TEMPLATES.items():
        system.stack.client("sesv2").send_email(
            FromEmailAddress=sender,
            ConfigurationSetName=through,
            Destination={"ToAddresses": [receiver]},
            Content={"Template": {"TemplateName": template(system, name), "TemplateData": json.dumps(data)}},
        )
    received = system.outbox(channel="email", to=receiver, sender=sender, configuration_set=through)
    want_equal([mail["subject"] for mail in received], list(SUBJECTS.values()), "the subjects")
    for mail, data in zip(received, TEMPLATES.values(), strict=True):
        for part in (mail["text"], mail["html"]):
            missing = [value for value in data.values() if value not in part]
            want_equal((missing, "{{" in part), ([], False), f"{mail['subject']}: what the text lacks")


@MAIL.row("the workflow and the service send each of them on their own, to whom it concerns")
def sends_on_its_way(system: System) -> None:
    if "finished" not in system.people:
        workflow.goes_well(system)
    client, freelancer = people.known(system, "client"), people.known(system, "freelancer")
    for name, receiver in (
        ("project-created", client),
        ("freelancer-selected", freelancer),
        ("milestone-approved", freelancer),
        ("project-completed", client),
    ):
        wanted = {"channel": "email", "to": receiver.email, "template": template(system, name)}
        wait_for(lambda wanted=wanted: system.outbox(**wanted), f"{name} comes to the {receiver.kind}")


@MAIL.row("who subscribed to the three topics receives what is published, as e-mail, text message and in the queue")
def reaches_subscribers(system: System) -> None:
    mark = uuid.uuid4().hex
    expected = {
        "new_bids": [("email", "bids@example.com")],
        "milestone_approvals": [("email", "milestones@example.com")],
        "payment_confirmations": [("email", "payments@example.com"), ("sms", "+13125550100")],
    }
    for name in expected:
        topic = system.values("aws_sns_topic", name)["arn"]
        system.stack.client("sns").publish(TopicArn=topic, Message=f"{mark} {name}")
    for name, receivers in expected.items():
        got = [said for said in system.outbox() if f"{mark} {name}" == said.get("text")]
        want_equal(sorted((said["channel"], said["to"]) for said in got), sorted(receivers), f"who got {name}")
    queues = {item["values"]["arn"] for item in system.resources if item["type"] == "aws_sqs_queue"}
    subscribed = [
        (item["values"]["topic_arn"].rpartition("-platform-")[2], item["values"]["endpoint"] in queues)
        for item in system.resources
        if item["type"] == "aws_sns_topic_subscription" and item["values"]["protocol"] == "sqs"
    ]
    want_equal(sorted(subscribed), [("milestone-approvals", True), ("new-bids", True)], "the queues that listen")
