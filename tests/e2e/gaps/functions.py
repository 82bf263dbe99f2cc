"""What moto drops of Lambda functions, and of what calls them."""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import EventSourceMapping, LambdaBackend, LambdaFunction

from .registry import Params

KEPT = ("DeadLetterConfig", "FileSystemConfigs", "LoggingConfig")
"""Settings of a function that moto drops."""


def patch() -> None:
    """Applies all corrections."""
    keep_settings()
    keep_qualifiers()


def keep_settings() -> None:
    """Keeps the settings that moto drops."""
    create = LambdaFunction.__init__
    describe = LambdaFunction.get_configuration

    def init(self: Any, account_id: str, spec: Params, region: str, version: int = 1) -> None:
        create(self, account_id, spec, region, version)
        self.kept_settings = {name: spec[name] for name in KEPT if spec.get(name)}

    def get_configuration(self: Any, on_create: bool = False) -> Params:
        return {**describe(self, on_create), **self.kept_settings}

    LambdaFunction.__init__ = init
    LambdaFunction.get_configuration = get_configuration


def keep_qualifiers() -> None:
    """A mapping to an alias shows the alias, and not the version that it stands for."""
    describe = EventSourceMapping.get_configuration
    update = LambdaBackend.update_event_source_mapping

    def get_configuration(self: Any) -> Params:
        named = {"FunctionArn": self.function_name} if self.function_name.startswith("arn:") else {}
        return {**describe(self), **named}

    def update_event_source_mapping(self: Any, uuid: str, spec: Params) -> Any:
        mapping = update(self, uuid, spec)
        if mapping is not None and "FunctionName" in spec:
            mapping.function_name = spec["FunctionName"]
        return mapping

    EventSourceMapping.get_configuration = get_configuration
    LambdaBackend.update_event_source_mapping = update_event_source_mapping
