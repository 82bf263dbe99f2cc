"""Follows executions of state machines, and answers what they wait for."""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .rows import wait_for
from .stack import Stack

Json = dict[str, Any]

TOKEN_KEYS = ("token", "TaskToken")


@dataclass(frozen=True)
class Execution:
    """One execution."""

    client: Any
    arn: str

    def events(self) -> list[Json]:
        """Its history, with the data of each event."""
        pages = self.client.get_paginator("get_execution_history")
        found = pages.paginate(executionArn=self.arn, includeExecutionData=True)
        return [event for page in found for event in page["events"]]

    def visited(self) -> list[str]:
        """The states that it entered, in order."""
        entered = [event.get("stateEnteredEventDetails") for event in self.events()]
        return [details["name"] for details in entered if details]

    def description(self) -> Json:
        """What the service says of it."""
        found: Json = self.client.describe_execution(executionArn=self.arn)
        return found

    def ended(self, seconds: float) -> Json:
        """What the service says of it when it has ended."""
        wait_for(lambda: self.description()["status"] != "RUNNING", f"the execution ends ({self.arn})", seconds)
        return self.description()

    def waits(self, state: str, times: int = 1, seconds: float = 60) -> str:
        """The token that a state waits for an answer with, when it waits for the n-th time."""

        def tokens() -> list[str]:
            return self.tokens(state)

        wait_for(lambda: len(tokens()) >= times, f"{state} waits for the {times}. time", seconds)
        return tokens()[times - 1]

    def tokens(self, state: str) -> list[str]:
        """The tokens that a state has given out so far, the retried ones among them."""
        found, current = [], ""
        for event in self.events():
            current = event.get("stateEnteredEventDetails", {}).get("name", current)
            if "taskScheduledEventDetails" in event and current == state:
                found += tokens_in(json.loads(event["taskScheduledEventDetails"]["parameters"]))
        return found

    def succeed(self, token: str, answer: Json) -> None:
        """Answers a state that waits."""
        self.client.send_task_success(taskToken=token, output=json.dumps(answer))

    def fail(self, token: str, error: str) -> None:
        """Answers a state that waits with an error."""
        self.client.send_task_failure(taskToken=token, error=error, cause="told by the test")


def tokens_in(parameters: Any) -> list[str]:
    """The tokens within the parameters of a task."""
    if isinstance(parameters, dict):
        own = [parameters[key] for key in TOKEN_KEYS if isinstance(parameters.get(key), str)]
        return own + [token for value in parameters.values() for token in tokens_in(value)]
    if isinstance(parameters, str) and parameters.startswith("{"):
        return tokens_in(json.loads(parameters))
    return []


def start(stack: Stack, machine: str, data: Json) -> Execution:
    """Starts an execution, under a name of its own: moto gives all that have none the same one."""
    client = stack.client("stepfunctions")
    name = f"e2e-{uuid.uuid4()}"
    begun = client.start_execution(stateMachineArn=machine, name=name, input=json.dumps(data))
    return Execution(client, begun["executionArn"])


def copy_with(stack: Stack, machine: str, changes: Mapping[str, Callable[[Json], None]]) -> str:
    """A copy of an applied state machine in which the named states are changed; its ARN."""
    client = stack.client("stepfunctions")
    applied = client.describe_state_machine(stateMachineArn=machine)
    definition = copy.deepcopy(json.loads(applied["definition"]))
    for name, change in changes.items():
        change(definition["States"][name])
    made = client.create_state_machine(
        name=f"{applied['name'][:60]}-{uuid.uuid4().hex[:8]}",
        definition=json.dumps(definition),
        roleArn=applied["roleArn"],
        type=applied["type"],
    )
    return str(made["stateMachineArn"])
