"""What moto drops of Lambda functions."""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import LambdaFunction

from .registry import Params


def patch() -> None:
    """Keep the two function settings that moto drops."""
    create = LambdaFunction.__init__
    describe = LambdaFunction.get_configuration

    def init(self: Any, account_id: str, spec: Params, region: str, version: int = 1) -> None:
        create(self, account_id, spec, region, version)
        self.kept_settings = {key: spec[key] for key in ("DeadLetterConfig", "LoggingConfig") if spec.get(key)}

    def get_configuration(self: Any, on_create: bool = False) -> Params:
        return {**describe(self, on_create), **self.kept_settings}

    LambdaFunction.__init__ = init
    LambdaFunction.get_configuration = get_configuration
