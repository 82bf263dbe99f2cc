"""What moto lacks of X-Ray: groups and sampling rules."""

from __future__ import annotations

import uuid
from typing import Any

from .registry import ROUTES, Params, fill, find, now, store

ROUTES["xray"] = [
    f"{{0}}/{action}$"
    for action in (
        "CreateGroup",
        "CreateSamplingRule",
        "DeleteGroup",
        "DeleteSamplingRule",
        "GetGroup",
        "GetSamplingRules",
        "ListTagsForResource",
        "TagResource",
        "UntagResource",
        "UpdateGroup",
        "UpdateSamplingRule",
    )
]
ABSENT = "InvalidRequestException"
"""The error of X-Ray for what does not exist."""


def arn(response: Any, kind: str, name: str) -> str:
    """The ARN of a group or a rule."""
    return f"arn:aws:xray:{response.region}:{response.current_account}:{kind}/{name}"


def of_group(response: Any, params: Params) -> Params:
    """The group that a request names by its name or its ARN."""
    groups = store(response, "groups")
    name = params.get("GroupName") or params["GroupARN"].split("/")[1]
    group: Params = find(groups, name, ABSENT)
    return group


@fill("xray", "CreateGroup")
def create_group(response: Any, params: Params) -> Params:
    name = params["GroupName"]
    group = {
        "GroupName": name,
        "GroupARN": arn(response, "group", f"{name}/{uuid.uuid4().hex.upper()}"),
        "FilterExpression": params.get("FilterExpression", ""),
        "InsightsConfiguration": params.get("InsightsConfiguration", {}),
    }
    store(response, "groups")[name] = group
    store(response, "tags")[group["GroupARN"]] = params.get("Tags", [])
    return {"Group": group}


@fill("xray", "GetGroup")
def get_group(response: Any, params: Params) -> Params:
    return {"Group": of_group(response, params)}


@fill("xray", "UpdateGroup")
def update_group(response: Any, params: Params) -> Params:
    group = of_group(response, params)
    group.update({name: params[name] for name in ("FilterExpression", "InsightsConfiguration") if name in params})
    return {"Group": group}


@fill("xray", "DeleteGroup")
def delete_group(response: Any, params: Params) -> Params:
    del store(response, "groups")[of_group(response, params)["GroupName"]]
    return {}


@fill("xray", "CreateSamplingRule")
def create_sampling_rule(response: Any, params: Params) -> Params:
    rule = params["SamplingRule"]
    name = rule["RuleName"]
    kept = {"Attributes": {}, **rule, "RuleARN": arn(response, "sampling-rule", name)}
    record = {"SamplingRule": kept, "CreatedAt": now(), "ModifiedAt": now()}
    store(response, "rules")[name] = record
    store(response, "tags")[kept["RuleARN"]] = params.get("Tags", [])
    return {"SamplingRuleRecord": record}


@fill("xray", "GetSamplingRules")
def get_sampling_rules(response: Any, _params: Params) -> Params:
    return {"SamplingRuleRecords": list(store(response, "rules").values())}


@fill("xray", "UpdateSamplingRule")
def update_sampling_rule(response: Any, params: Params) -> Params:
    change = params["SamplingRuleUpdate"]
    record = find(store(response, "rules"), change["RuleName"], ABSENT)
    record["SamplingRule"].update(change)
    record["ModifiedAt"] = now()
    return {"SamplingRuleRecord": record}


@fill("xray", "DeleteSamplingRule")
def delete_sampling_rule(response: Any, params: Params) -> Params:
    name = params["RuleName"]
    record = find(store(response, "rules"), name, ABSENT)
    del store(response, "rules")[name]
    return {"SamplingRuleRecord": record}


@fill("xray", "TagResource")
def tag_resource(response: Any, params: Params) -> Params:
    changed = {tag["Key"] for tag in params["Tags"]}
    tags = store(response, "tags")
    kept = [tag for tag in tags.get(params["ResourceARN"], []) if tag["Key"] not in changed]
    tags[params["ResourceARN"]] = kept + params["Tags"]
    return {}


@fill("xray", "UntagResource")
def untag_resource(response: Any, params: Params) -> Params:
    tags = store(response, "tags")
    kept = [tag for tag in tags.get(params["ResourceARN"], []) if tag["Key"] not in params["TagKeys"]]
    tags[params["ResourceARN"]] = kept
    return {}


@fill("xray", "ListTagsForResource")
def list_tags(response: Any, params: Params) -> Params:
    return {"Tags": store(response, "tags").get(params["ResourceARN"], [])}
