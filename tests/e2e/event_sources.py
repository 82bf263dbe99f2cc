"""Empties queues into Lambda functions as Lambda's own pollers do; moto's way loses attributes and partial failures.

A mapping takes batches off its queue and calls its function with them. What the function does not report as failed
is deleted; the rest comes back after the queue's visibility timeout, and goes to the dead-letter queue in the end.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import Any

import boto3
from botocore.config import Config
from moto.awslambda.models import EventSourceMapping, LambdaBackend
from moto.sqs.models import Queue

WAIT_SECONDS = 1
PAUSE_SECONDS = 1.0
READ_SECONDS = 960
"""A function may take fifteen minutes."""

PARTIAL = "ReportBatchItemFailures"
FIELDS = {
    "messageId": "MessageId",
    "receiptHandle": "ReceiptHandle",
    "body": "Body",
    "attributes": "Attributes",
    "md5OfBody": "MD5OfBody",
}


def install(endpoint: str) -> None:
    """Replaces moto's delivery from queues; call once, before the server starts."""
    add_by_moto = Queue.add_message
    create = LambdaBackend.create_event_source_mapping

    def add_message(self: Any, message: Any) -> None:
        mappings, self.lambda_event_source_mappings = self.lambda_event_source_mappings, {}
        try:
            add_by_moto(self, message)
        finally:
            self.lambda_event_source_mappings = mappings

    def create_event_source_mapping(self: Any, spec: dict[str, Any]) -> EventSourceMapping:
        mapping = create(self, spec)
        if ":sqs:" in mapping.event_source_arn:
            threading.Thread(target=poll, args=(self, mapping, endpoint), daemon=True).start()
        return mapping

    Queue.add_message = add_message
    LambdaBackend.create_event_source_mapping = create_event_source_mapping


def poll(backend: Any, mapping: Any, endpoint: str) -> None:
    """Empties the queue of a mapping for as long as the mapping is there."""
    clients = {service: client(service, mapping, endpoint) for service in ("sqs", "lambda")}
    while backend._event_source_mappings.get(mapping.uuid) is mapping:
        try:
            busy = mapping.enabled and take_batch(clients, mapping)
        except Exception as error:  # the queue or the function may be gone; the next round tells
            print(f"{mapping.event_source_arn}: {error}", file=sys.stderr)
            busy = False
        if not busy:
            time.sleep(PAUSE_SECONDS)


def client(service: str, mapping: Any, endpoint: str) -> Any:
    """An SDK client in the account and region of a mapping."""
    return boto3.client(
        service,
        region_name=mapping.region,
        endpoint_url=endpoint,
        aws_access_key_id=mapping.account_id,
        aws_secret_access_key="testing",
        config=Config(read_timeout=READ_SECONDS, retries={"total_max_attempts": 1}, proxies={}),
    )


def take_batch(clients: dict[str, Any], mapping: Any) -> bool:
    """Calls the function with one batch and deletes what it has taken in; False if the queue was empty."""
    queue = mapping.event_source_arn
    url = clients["sqs"].get_queue_url(QueueName=queue.rpartition(":")[2])["QueueUrl"]
    messages = clients["sqs"].receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=min(mapping.batch_size or 10, 10),
        WaitTimeSeconds=WAIT_SECONDS,
        AttributeNames=["All"],
        MessageAttributeNames=["All"],
    ).get("Messages", [])
    if not messages:
        return False
    event = {"Records": [record(message, queue, mapping.region) for message in messages]}
    answer = clients["lambda"].invoke(FunctionName=mapping.function_name, Payload=json.dumps(event))
    failed = failures(answer, messages, mapping.function_response_types or [])
    for message in messages:
        if message["MessageId"] not in failed:
            clients["sqs"].delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return True


def record(message: dict[str, Any], queue: str, region: str) -> dict[str, Any]:
    """A message as functions get it: the same names with a small letter in front, and where it comes from.

    https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
    """
    attributes = message.get("MessageAttributes", {})
    lowered = {
        name: {key[0].lower() + key[1:]: value for key, value in content.items()}
        for name, content in attributes.items()
    }
    source = {"eventSource": "aws:sqs", "eventSourceARN": queue, "awsRegion": region}
    return {**{own: message[key] for own, key in FIELDS.items()}, "messageAttributes": lowered, **source}


def failures(answer: dict[str, Any], messages: list[dict[str, Any]], response_types: list[str]) -> set[str]:
    """The messages that stay in the queue: those that the function reports, or all if it failed.

    An answer that names nothing known counts as a failure of the whole batch.
    """
    everything = {message["MessageId"] for message in messages}
    if answer.get("FunctionError"):
        return everything
    result = json.loads(answer["Payload"].read() or "null")
    if PARTIAL not in response_types or not isinstance(result, dict):
        return set()
    reported = {item.get("itemIdentifier") for item in result.get("batchItemFailures") or []}
    return reported if reported <= everything else everything
