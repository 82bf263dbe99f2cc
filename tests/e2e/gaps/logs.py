"""What moto lacks of CloudWatch Logs: saved queries."""

from __future__ import annotations

import time
import uuid
from typing import Any

from .registry import Params, fill, store


@fill("logs", "PutQueryDefinition")
def put_query_definition(response: Any, params: Params) -> Params:
    key = params.get("queryDefinitionId") or str(uuid.uuid4())
    changed = int(time.time() * 1000)
    store(response, "queries")[key] = {**params, "queryDefinitionId": key, "lastModified": changed}
    return {"queryDefinitionId": key}


@fill("logs", "DescribeQueryDefinitions")
def describe_query_definitions(response: Any, params: Params) -> Params:
    prefix = params.get("queryDefinitionNamePrefix") or ""
    queries = store(response, "queries").values()
    return {"queryDefinitions": [query for query in queries if query["name"].startswith(prefix)]}


@fill("logs", "DeleteQueryDefinition")
def delete_query_definition(response: Any, params: Params) -> Params:
    return {"success": store(response, "queries").pop(params["queryDefinitionId"], None) is not None}
