"""Messages between the two sides: the table and its two indexes, through the service."""

from __future__ import annotations

import uuid
from typing import Any

from .. import rows
from ..rows import want_equal
from . import people
from .system import System

MESSAGES = rows.theme("messages")


def send(system: System, text: str) -> tuple[people.Person, people.Person, dict[str, Any]]:
    """A message from the client to the freelancer."""
    client, freelancer = people.known(system, "client"), people.known(system, "freelancer")
    sent = system.done(client.access, "POST", "/messages", {"to": freelancer.subject, "text": text})
    return client, freelancer, sent


def texts(system: System, person: people.Person, path: str) -> list[str]:
    """The messages of an answer."""
    return [message["text"] for message in system.done(person.access, "GET", path)["messages"]]


@MESSAGES.row("written by one side and read by the other in their conversation, newest first")
def read_by_conversation(system: System) -> None:
    marks = [uuid.uuid4().hex, uuid.uuid4().hex]
    for mark in marks:
        client, freelancer, sent = send(system, mark)
    path = f"/conversations/{sent['conversation']}/messages"
    for reader in (client, freelancer):
        want_equal(texts(system, reader, path)[:2], marks[::-1], f"what the {reader.kind} reads")


@MESSAGES.row("found by their sender (the index by-sender)")
def read_by_sender(system: System) -> None:
    mark = uuid.uuid4().hex
    client, freelancer, _ = send(system, mark)
    want_equal(texts(system, client, "/messages/sent")[:1], [mark], "sent by the client")
    want_equal(mark in texts(system, freelancer, "/messages/sent"), False, "sent by the freelancer")


@MESSAGES.row("found in the inbox of their receiver (the index by-receiver), page by page")
def read_from_inbox(system: System) -> None:
    marks = [uuid.uuid4().hex, uuid.uuid4().hex]
    for mark in marks:
        client, freelancer, _ = send(system, mark)
    first = system.done(freelancer.access, "GET", "/messages/inbox?limit=1")
    second = system.done(freelancer.access, "GET", f"/messages/inbox?limit=1&cursor={first['cursor']}")
    seen = [page["messages"][0]["text"] for page in (first, second)]
    want_equal(seen, marks[::-1], "the two pages")
    want_equal(mark in texts(system, client, "/messages/inbox"), False, "in the inbox of the client")


@MESSAGES.row("kept from everybody who does not take part in the conversation")
def kept_from_others(system: System) -> None:
    _, _, sent = send(system, "for one only")
    stranger = people.new(system, "freelancer")
    answer = system.call(stranger.access, "GET", f"/conversations/{sent['conversation']}/messages")
    want_equal((answer.status, answer.body["error"]), (403, "not_a_participant"), "a stranger")
    want_equal(texts(system, stranger, "/messages/inbox"), [], "the inbox of a stranger")
    want_equal(system.call(None, "GET", "/messages/inbox").status, 401, "without a token")
