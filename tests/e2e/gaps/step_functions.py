"""What moto lacks of Step Functions."""

from __future__ import annotations

from typing import Any

from moto.stepfunctions.parser.asl.static_analyser.static_analyser import StaticAnalyser

from .registry import Params, fill


@fill("stepfunctions", "ValidateStateMachineDefinition")
def validate_state_machine(_response: Any, params: Params) -> Params:
    """Parse the definition for real, so that a broken one fails the plan as it does on AWS."""
    try:
        StaticAnalyser().analyse(params["definition"])
    except Exception as error:  # the analyser raises many unrelated types
        problem = {"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": str(error)[:900]}
        return {"result": "FAIL", "truncated": False, "diagnostics": [problem]}
    return {"result": "OK", "truncated": False, "diagnostics": []}


@fill("stepfunctions", "ListStateMachineVersions")
def list_state_machine_versions(response: Any, params: Params) -> Params:
    machine = response.stepfunction_backend.describe_state_machine(params["stateMachineArn"])
    versions = [
        {"stateMachineVersionArn": version.arn, "creationDate": version.creation_date}
        for version in reversed(machine.versions.values())
    ]
    return {"stateMachineVersions": versions}
