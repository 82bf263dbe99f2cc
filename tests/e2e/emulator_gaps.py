"""Fills the gaps of moto 5.2 that stop a plan.

It relies on moto's internals, so it is pinned to one release, as requirements.in is. The name of this module
must not start with "moto": moto derives the service of an exception from the module that raises it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import security_groups, subnets, vpcs
from moto.stepfunctions.parser.asl.static_analyser.static_analyser import StaticAnalyser
from moto.stepfunctions.responses import StepFunctionResponse

from .emulator import IDENTIFIER_TAG

MESSAGE_LIMIT = 900
"""Characters of a parser's message that are worth passing on."""


def install() -> None:
    """Applies every filler; call once, before the server starts."""
    StepFunctionResponse.validate_state_machine_definition = validate_state_machine_definition  # type: ignore[attr-defined]
    take_identifier_from_tag(vpcs, vpcs.VPCBackend, "create_vpc", "random_vpc_id")
    take_identifier_from_tag(subnets, subnets.SubnetBackend, "create_subnet", "random_subnet_id")
    take_identifier_from_tag(
        security_groups, security_groups.SecurityGroupBackend, "create_security_group", "random_security_group_id"
    )


def validate_state_machine_definition(response: StepFunctionResponse) -> ActionResult:
    """Parses a definition for real, so that a broken one fails the plan as it does on AWS.

    https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
    """
    try:
        StaticAnalyser().analyse(json.loads(response.body)["definition"])
    except Exception as error:  # the analyser raises many unrelated types
        message = str(error)[:MESSAGE_LIMIT]
        problem = {"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": message}
        return ActionResult({"result": "FAIL", "truncated": False, "diagnostics": [problem]})
    return ActionResult({"result": "OK", "truncated": False, "diagnostics": []})


def take_identifier_from_tag(module: ModuleType, backend: type, method: str, generator: str) -> None:
    """Lets a method of an EC2 backend use the identifier in the tag instead of a generated one."""
    create: Callable[..., Any] = getattr(backend, method)
    generate: Callable[[], str] = getattr(module, generator)
    request = threading.local()

    def create_with_identifier(self: Any, *arguments: Any, **settings: Any) -> Any:
        request.identifier = tagged_identifier(settings.get("tags"))
        try:
            return create(self, *arguments, **settings)
        finally:
            request.identifier = None

    setattr(backend, method, create_with_identifier)
    setattr(module, generator, lambda: getattr(request, "identifier", None) or generate())


def tagged_identifier(tags: Any) -> str | None:
    """The identifier in tags, which moto hands over as pairs, as a dictionary, or as one per kind of thing."""
    if isinstance(tags, dict):
        return {**tags, **tags.get("subnet", {})}.get(IDENTIFIER_TAG)
    return next((tag["Value"] for tag in tags or [] if tag["Key"] == IDENTIFIER_TAG), None)
