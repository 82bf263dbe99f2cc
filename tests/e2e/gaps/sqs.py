"""What moto distorts of SQS."""

from __future__ import annotations

import json
from typing import Any

from moto.sqs.models import Queue, SQSBackend

from .registry import Params


def patch() -> None:
    """Keep the policy on partial updates, echo `RedriveAllowPolicy`, and write `RedrivePolicy` as AWS does."""
    set_in_moto = Queue._set_attributes
    get_from_moto = SQSBackend.get_queue_attributes
    name = "RedriveAllowPolicy"

    def set_attributes(self: Any, attributes: Params, now: float | None = None) -> None:
        policy = getattr(self, "policy", None)
        set_in_moto(self, {key: value for key, value in attributes.items() if key != name}, now)
        if policy and "Policy" not in attributes:
            self.policy = policy
        if name in attributes:
            self.redrive_allow_policy = attributes[name]

    def get_queue_attributes(self: Any, queue_name: str, attribute_names: list[str]) -> Params:
        known = [attribute for attribute in attribute_names if attribute != name]
        result = get_from_moto(self, queue_name, known)
        policy = getattr(self.get_queue(queue_name), "redrive_allow_policy", None)
        if policy and (name in attribute_names or "All" in attribute_names):
            result[name] = policy
        if result.get("RedrivePolicy"):
            result["RedrivePolicy"] = json.dumps(json.loads(result["RedrivePolicy"]), separators=(",", ":"))
        return result

    Queue._set_attributes = set_attributes
    SQSBackend.get_queue_attributes = get_queue_attributes
