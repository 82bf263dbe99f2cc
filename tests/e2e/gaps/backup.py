"""What moto lacks of Backup: selections and tags."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import unquote

from .registry import ROUTES, Params, fill, find, now, store


@fill("backup", "ListTags")
def list_backup_tags(response: Any, params: Params) -> Params:
    """moto takes the ARN from the path, but only with a slash behind it."""
    return {"Tags": response.backup_backend.list_tags(unquote(params["ResourceArn"]))}


ROUTES["backup"] = [
    "{0}/backup/plans/(?P<BackupPlanId>[^/]+)/selections/?$",
    "{0}/backup/plans/(?P<BackupPlanId>[^/]+)/selections/(?P<SelectionId>[^/]+)$",
]


@fill("backup", "CreateBackupSelection")
def create_backup_selection(response: Any, params: Params) -> Params:
    key = str(uuid.uuid4())
    store(response, "selections")[key] = params
    return {"SelectionId": key, "BackupPlanId": params["BackupPlanId"], "CreationDate": now()}


@fill("backup", "GetBackupSelection")
def get_backup_selection(response: Any, params: Params) -> Params:
    key = params["SelectionId"]
    selection = find(store(response, "selections"), key, "ResourceNotFoundException")
    return {
        "SelectionId": key,
        "BackupPlanId": params["BackupPlanId"],
        "BackupSelection": selection["BackupSelection"],
    }


@fill("backup", "ListBackupSelections")
def list_backup_selections(response: Any, params: Params) -> Params:
    found = [
        {"SelectionId": key, "SelectionName": item["BackupSelection"]["SelectionName"], "BackupPlanId": plan}
        for key, item in store(response, "selections").items()
        if (plan := item["BackupPlanId"]) == params["BackupPlanId"]
    ]
    return {"BackupSelectionsList": found}


@fill("backup", "DeleteBackupSelection")
def delete_backup_selection(response: Any, params: Params) -> Params:
    store(response, "selections").pop(params["SelectionId"], None)
    return {}
