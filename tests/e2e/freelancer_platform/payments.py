"""What the payment provider tells: from the API through the queue to the function, the database and the topic.

moto serves no HTTP APIs and evaluates no alarms. `http_api.py` does what the applied API says, `alarms.py` what the
applied alarm says; queue, function, topic and database are real ones.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import uuid
from dataclasses import dataclass
from typing import Any

from .. import alarms, http_api, rows
from ..rows import want, want_equal, wait_for
from . import people
from .system import WEBHOOK_SECRET, System

PAYMENTS = rows.theme("payments")
AMOUNT = 40_000
SHORT_SECONDS = "1"
"""How long a message that failed stays invisible here; as applied it is minutes, and five times that to the end."""

PAUSE_SECONDS = 4
"""A call that waits at the queue already takes a message with the time that was in force when it began."""


@dataclass(frozen=True)
class Due:
    """A milestone whose payment was released and is not settled yet."""

    project: str
    client: str


def due(system: System) -> Due:
    """A project of the client with one paid milestone, as the workflow leaves it behind."""
    client, freelancer = people.known(system, "client"), people.known(system, "freelancer")
    project, bid = str(uuid.uuid4()), str(uuid.uuid4())
    change = system.local.query
    change(
        "INSERT INTO projects (id, user_id, title, description, budget_cents, currency, status, execution_arn)"
        " VALUES (?, ?, 'A site', 'Words', ?, 'USD', 'in_progress', 'none')",
        *(project, client.subject, AMOUNT),
    )
    change(
        "INSERT INTO bids (id, project_id, user_id, amount_cents, message) VALUES (?, ?, ?, ?, 'Me')",
        *(bid, project, freelancer.subject, AMOUNT),
    )
    change(
        "INSERT INTO contracts (project_id, bid_id, user_id) VALUES (?, ?, ?)", *(project, bid, freelancer.subject)
    )
    change(
        "INSERT INTO milestones (project_id, number, user_id, name, amount_cents, status)"
        " VALUES (?, 1, ?, 'One', ?, 'paid')",
        *(project, freelancer.subject, AMOUNT),
    )
    change(
        "INSERT INTO transactions (project_id, milestone, user_id, amount_cents, currency, confirmed_at)"
        " VALUES (?, 1, ?, ?, 'USD', CURRENT_TIMESTAMP(3))",
        *(project, client.subject, AMOUNT),
    )
    return Due(project, client.subject)


def event(owed: Due, **changes: Any) -> dict[str, Any]:
    """An event of the provider about a payment."""
    data = {
        "user_id": owed.client,
        "user_type": "client",
        "project_id": owed.project,
        "milestone": 1,
        "amount_cents": AMOUNT,
        "currency": "USD",
        "reference": f"ref_{owed.project[:8]}",
    }
    return {"id": f"evt_{uuid.uuid4().hex}", "type": "payment.succeeded", "data": {**data, **changes}}


def post(system: System, told: dict[str, Any], secret: str = WEBHOOK_SECRET) -> http_api.Response:
    """Sends an event to the applied API as the provider does, signed with a secret."""
    body, timestamp = json.dumps(told), int(time.time())
    digest = hmac.new(secret.encode(), f"{timestamp}.{body}".encode(), hashlib.sha256).hexdigest()
    headers = {"X-Payment-Signature": f"t={timestamp},v1={digest}", "Content-Type": "application/json"}
    call = http_api.Request("POST", "/webhooks/payments", headers, body)
    return http_api.send(system.stack, system.outputs["api__webhooks__id"], call)


def status(system: System, owed: Due) -> str:
    """The status of the payment in the database."""
    [row] = system.local.query("SELECT status FROM transactions WHERE project_id = ?", owed.project)
    return str(row["status"])


def known_events(system: System, owed: Due) -> int:
    """How many events about a project's owner were taken in."""
    [row] = system.local.query(
        "SELECT COUNT(*) AS count FROM processed_events e JOIN projects p ON p.user_id = e.user_id WHERE p.id = ?"
        " AND e.event_id LIKE 'evt_%'",
        owed.project,
    )
    return int(row["count"])


def told(system: System, owed: Due) -> list[dict[str, Any]]:
    """What the e-mail subscriber of the confirmations received about a project."""
    topic = system.values("aws_sns_topic", "payment_confirmations")["arn"]
    return [mail for mail in system.outbox(channel="email", topic=topic) if owed.project in mail["text"]]


def queue(system: System, name: str) -> Any:
    """An applied queue."""
    return system.values("aws_sqs_queue", name)


def dead_letters(system: System) -> list[str]:
    """The bodies of the dead letters, which stay where they are."""
    sqs, url = system.stack.client("sqs"), queue(system, "payment_events__dead_letter")["url"]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    return [message["Body"] for message in found.get("Messages", [])]


def take_letters_off(system: System) -> None:
    """Empties the queue of dead letters one by one: SQS purges a queue once a minute at most."""
    sqs, url = system.stack.client("sqs"), queue(system, "payment_events__dead_letter")["url"]
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


@PAYMENTS.row("a webhook goes through the API, the queue and the function to the database and the topic")
def settles(system: System) -> None:
    owed = due(system)
    answer = post(system, event(owed))
    want_equal(answer.status, 200, f"the answer of the API ({answer.body})")
    wait_for(lambda: status(system, owed) == "settled", "the payment is settled")
    wait_for(lambda: told(system, owed), "the subscriber of the topic is told")
    [mail] = told(system, owed)
    want_equal(json.loads(mail["text"])["type"], "payment.succeeded", "what the subscriber is told")
    [record] = wait_for(lambda: about(system, owed.project), "the function has ended")
    source = json.loads(record["payload"])["Records"][0]["eventSourceARN"]
    want_equal(source, queue(system, "payment_events")["arn"], "the queue that the function was called for")


def about(system: System, mark: str) -> list[dict[str, Any]]:
    """The calls of functions whose event has a mark."""
    return [call for call in invocations(system) if mark in call["payload"]]


def invocations(system: System) -> list[dict[str, Any]]:
    """The calls of functions so far."""
    file = system.stack.emulator.invocations
    return [json.loads(line) for line in file.read_text().splitlines()] if file is not None else []


@PAYMENTS.row("the same event twice has one effect")
def takes_in_once(system: System) -> None:
    owed = due(system)
    same = event(owed)
    before = known_events(system, owed)
    for _ in range(2):
        want_equal(post(system, same).status, 200, "the answer of the API")
    wait_for(lambda: len(taken_in(system, same["id"])) >= 2, "both deliveries are taken in")
    want_equal(status(system, owed), "settled", "the payment")
    want_equal(known_events(system, owed) - before, 1, "events in the database")
    want_equal(len(told(system, owed)), 1, "messages to the subscriber")


def taken_in(system: System, identifier: str) -> list[Any]:
    """The records that the function was called with for an event, over all calls that took them all in."""
    good = [call for call in invocations(system) if call["result"] == {"batchItemFailures": []}]
    records = [record for call in good for record in json.loads(call["payload"]).get("Records", [])]
    return [record for record in records if identifier in record["body"]]


@PAYMENTS.row("an event with a wrong signature, and one about another's project, have no effect")
def refuses(system: System) -> None:
    owed = due(system)
    stranger = people.new(system, "client")
    post(system, event(owed), secret="another secret")
    post(system, event(owed, user_id=stranger.subject))
    wait_for(lambda: rejected(system, owed.project) >= 2, "both are rejected")
    want_equal(status(system, owed), "pending", "the payment")
    want_equal(told(system, owed), [], "messages to the subscriber")


def rejected(system: System, mark: str) -> int:
    """How many records with a mark the function has given back."""
    results = [call["result"] for call in about(system, mark)]
    given_back = {item["itemIdentifier"] for result in results for item in result.get("batchItemFailures", [])}
    return len(given_back)


@PAYMENTS.row("a poisoned event ends in the dead-letter queue after five tries, and the alarm for it fires")
def buries(system: System) -> None:
    source, dead = queue(system, "payment_events"), queue(system, "payment_events__dead_letter")
    sqs = system.stack.client("sqs")
    [alarm] = alarms.of_queue(system.stack, dead["name"], "ApproximateNumberOfMessagesVisible")
    take_letters_off(system)
    want(not alarms.fires(system.stack, alarm), "the alarm fires while there are no dead letters")
    mark = uuid.uuid4().hex
    sqs.set_queue_attributes(QueueUrl=source["url"], Attributes={"VisibilityTimeout": SHORT_SECONDS})
    try:
        time.sleep(PAUSE_SECONDS)
        post(system, {"id": f"evt_{mark}", "type": "payment.unheard_of", "data": {}})
        wait_for(lambda: mark in "".join(dead_letters(system)), "the event is a dead letter", seconds=120)
    finally:
        usual = {"VisibilityTimeout": str(source["visibility_timeout_seconds"])}
        sqs.set_queue_attributes(QueueUrl=source["url"], Attributes=usual)
    want_equal(len(about(system, mark)), json.loads(source["redrive_policy"])["maxReceiveCount"], "how often it was tried")
    want(alarms.fires(system.stack, alarm), "the alarm does not fire")
    want_equal(alarm["AlarmActions"], [system.outputs["observability__topic_arn"]], "whom the alarm tells")
