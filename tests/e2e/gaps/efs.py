"""What moto lacks of EFS: taking the policy of a file system away."""

from __future__ import annotations

from typing import Any

from moto.efs.models import efs_backends

from .registry import Params, fill


@fill("efs", "DeleteFileSystemPolicy")
def delete_file_system_policy(response: Any, params: Params) -> Params:
    backend = efs_backends[response.current_account][response.region]
    backend.file_systems_by_id[params["FileSystemId"]].file_system_policy = None
    return {}
