"""What moto lacks of Kinesis: the tags that a stream is made with."""

from __future__ import annotations

from typing import Any

from .registry import Params, fill


@fill("kinesis", "CreateStream")
def create_stream(response: Any, params: Params) -> Params:
    name, backend = params["StreamName"], response.kinesis_backend
    backend.create_stream(name, params.get("ShardCount"), stream_mode=params.get("StreamModeDetails"))
    backend.add_tags_to_stream(None, name, params.get("Tags", {}))
    return {}
