"""Fills the gaps of moto 5.2 that stop the AWS provider from planning, applying, reading and destroying a root.

One module per service, so that a missing call is found by its file. A filler answers a call that moto lacks
(`registry`); a `patch` corrects a class of moto that loses or distorts what it was sent. Both rely on moto's
internals, so they are pinned to one release, as requirements/base.in is.

The name of this package must not start with "moto": moto derives the service of an exception from the module
that raises it. A module must not have the name of a package that it imports either.
"""

from __future__ import annotations

from . import (
    api_gateway,
    auto_scaling,
    backup,
    budgets,
    cloudfront,
    cloudwatch,
    cognito,
    cognito_passwords,
    cognito_tokens,
    dynamodb,
    ec2,
    ecs,
    efs,
    elasticache,
    functions,
    kinesis,
    kms,
    logs,
    rds,
    registry,
    s3,
    ses,
    ses_identities,
    ses_sending,
    sns,
    sqs,
    step_functions,
    xray,
)

FILLED = (
    auto_scaling,
    backup,
    budgets,
    cloudwatch,
    dynamodb,
    ecs,
    efs,
    kinesis,
    kms,
    logs,
    ses_sending,
    step_functions,
    xray,
)
"""Modules that only register fillers, which importing them does."""

PATCHED = (
    api_gateway,
    cloudfront,
    cognito,
    cognito_passwords,
    cognito_tokens,
    ec2,
    elasticache,
    functions,
    rds,
    s3,
    ses,
    ses_identities,
    sns,
    sqs,
)
"""Modules that also correct moto's classes."""


def install() -> None:
    """Hooks all of it into moto; call once, before the server starts."""
    for module in PATCHED:
        module.patch()
    registry.install()
