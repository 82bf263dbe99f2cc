"""What moto lacks of KMS: the period of key rotation."""

from __future__ import annotations

from typing import Any

from .registry import Params, fill, store


@fill("kms", "EnableKeyRotation")
def keep_rotation_period(response: Any, params: Params) -> Any:
    key = response.kms_backend.get_key_id(params["KeyId"])
    store(response, "rotation")[key] = params.get("RotationPeriodInDays", 365)
    return NotImplemented


@fill("kms", "GetKeyRotationStatus")
def get_key_rotation_status(response: Any, params: Params) -> Params:
    key = response.kms_backend.get_key_id(params["KeyId"])
    if not response.kms_backend.get_key_rotation_status(key):
        return {"KeyRotationEnabled": False}
    return {"KeyRotationEnabled": True, "RotationPeriodInDays": store(response, "rotation").get(key, 365)}
