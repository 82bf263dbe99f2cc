"""What moto lacks of Application Auto Scaling: the tags of scalable targets."""

from __future__ import annotations

from typing import Any

from .registry import Params, fill, store


@fill("application-autoscaling", "RegisterScalableTarget")
def keep_scaling_tags(response: Any, params: Params) -> Any:
    if params.get("Tags"):
        store(response, "tags")[(params["ScalableDimension"], params["ResourceId"])] = params["Tags"]
    return NotImplemented


@fill("application-autoscaling", "ListTagsForResource")
def list_scaling_tags(response: Any, params: Params) -> Params:
    tags = store(response, "tags")
    for dimension, targets in response.applicationautoscaling_backend.targets.items():
        for target in targets.values():
            if target.arn == params["ResourceARN"]:
                return {"Tags": tags.get((dimension, target.resource_id), {})}
    return {"Tags": {}}
