"""What moto distorts of S3."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

from moto.s3.models import FakeBucket, FakeDeleteMarker
from moto.s3.responses import S3Response

from .registry import Params

LOG_DELIVERY = "logging.s3.amazonaws.com"
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html"""


def patch() -> None:
    """Applies all corrections."""
    skip_conditional_statements()
    read_log_policies_whole()
    show_event_bridge()
    FakeDeleteMarker.dispose = lambda self, *_arguments: None


def skip_conditional_statements() -> None:
    """Leaves statements with a condition out of account.

    moto takes every unmet condition as a denial, so the usual deny-unless-TLS statement would lock the bucket.
    """
    ask_moto = FakeBucket.get_permission

    def get_permission(self: Any, action: str, resource: str) -> Any:
        if self.policy is None:
            return ask_moto(self, action, resource)
        whole = self.policy
        document = json.loads(whole)
        document["Statement"] = [item for item in document["Statement"] if not item.get("Condition")]
        try:
            self.policy = json.dumps(document).encode()
            return ask_moto(self, action, resource)
        finally:
            self.policy = whole

    FakeBucket.get_permission = get_permission


def read_log_policies_whole() -> None:
    """Finds the permission to deliver logs in any form of a policy; moto reads one form, and fails on others."""

    def allows(target_bucket: Any, target_prefix: str | None) -> bool:
        statements = json.loads(target_bucket.policy or "{}").get("Statement", [])
        key = f"arn:{target_bucket.partition}:s3:::{target_bucket.name}/{target_prefix or ''}log"
        return any(allows_delivery(statement, key) for statement in statements)

    FakeBucket._log_permissions_enabled_policy = staticmethod(allows)


def allows_delivery(statement: Params, key: str) -> bool:
    """Whether a statement lets S3 write log objects under a key; its conditions count as met."""
    principal = statement.get("Principal", {})
    services = as_list(principal.get("Service", [])) if isinstance(principal, dict) else []
    return (
        statement["Effect"] == "Allow"
        and LOG_DELIVERY in services
        and any(fnmatchcase("s3:PutObject", action) for action in as_list(statement.get("Action", [])))
        and any(fnmatchcase(key, resource) for resource in as_list(statement.get("Resource", [])))
    )


def as_list(value: str | list[str]) -> list[str]:
    """One of many, or many: policies have both."""
    return value if isinstance(value, list) else [value]


def show_event_bridge() -> None:
    """Shows the EventBridge switch among a bucket's notifications."""
    show_notification = S3Response.get_bucket_notification

    def get_bucket_notification(self: Any) -> Any:
        status, headers, body = show_notification(self)
        configuration = self.backend.get_bucket_notification_configuration(self.bucket_name)
        if configuration is not None and configuration.event_bridge is not None:
            end = "</NotificationConfiguration>"
            opened = f"{body.removesuffix('/>')}>" if body.endswith("/>") else body.removesuffix(end)
            body = f"{opened}<EventBridgeConfiguration/>{end}"
        return status, headers, body

    S3Response.get_bucket_notification = get_bucket_notification
