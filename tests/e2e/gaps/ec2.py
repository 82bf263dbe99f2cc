"""What moto lacks or distorts of EC2: chosen identifiers, and descriptions of security-group rules."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

from moto.ec2.models import security_groups, subnets, vpcs

from ..emulator import IDENTIFIER_TAG


def patch() -> None:
    """Applies all corrections."""
    take_identifier_from_tag(vpcs, vpcs.VPCBackend, "create_vpc", "random_vpc_id")
    take_identifier_from_tag(subnets, subnets.SubnetBackend, "create_subnet", "random_subnet_id")
    take_identifier_from_tag(
        security_groups, security_groups.SecurityGroupBackend, "create_security_group", "random_security_group_id"
    )
    keep_rule_descriptions()


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


def keep_rule_descriptions() -> None:
    """A rule for a group or a prefix list has a description too; moto shows those of address ranges only."""
    rule_class = security_groups.SecurityGroupRule
    create = rule_class.__init__

    def init(self: Any, *arguments: Any, **settings: Any) -> None:
        create(self, *arguments, **settings)
        prefix_list = settings.get("prefix_list_id") or (arguments[7] if len(arguments) > 7 else None)
        self.prefix_list_description = (prefix_list or {}).get("Description")

    def description(self: Any) -> str | None:
        given = self.ip_range.get("Description") or self.source_group.get("Description")
        return given or self.prefix_list_description

    rule_class.__init__ = init
    rule_class.description = property(description)
