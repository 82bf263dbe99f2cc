"""What moto distorts of S3."""

from __future__ import annotations

import json
from typing import Any

from moto.s3.models import FakeBucket, FakeDeleteMarker
from moto.s3.responses import S3Response


def patch() -> None:
    """Skip conditional bucket-policy statements, make delete markers removable, show the EventBridge switch.

    moto takes every unmet condition as a denial, so the usual deny-unless-TLS statement would lock the bucket.
    """
    ask_moto = FakeBucket.get_permission
    show_notification = S3Response.get_bucket_notification

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

    def get_bucket_notification(self: Any) -> Any:
        status, headers, body = show_notification(self)
        configuration = self.backend.get_bucket_notification_configuration(self.bucket_name)
        if configuration is not None and configuration.event_bridge is not None:
            end = "</NotificationConfiguration>"
            opened = f"{body.removesuffix('/>')}>" if body.endswith("/>") else body.removesuffix(end)
            body = f"{opened}<EventBridgeConfiguration/>{end}"
        return status, headers, body

    FakeBucket.get_permission = get_permission
    S3Response.get_bucket_notification = get_bucket_notification
    FakeDeleteMarker.dispose = lambda self, *_args: None
