"""Answers calls in moto's place.

A filler is `f(response, params) -> result`, registered for actions of a botocore service: the botocore model of
the service parses the request and writes the result, so a filler handles plain dictionaries only. One that
returns `NotImplemented` passes the call on to moto. What fillers keep lives in memory per account and region
and goes with moto's own state.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.parse import XFormedDict
from moto.core.responses import ActionResult, BaseResponse
from moto.moto_api._internal.models import moto_api_backend

Params = dict[str, Any]
Filler = Callable[[Any, Params], Any]

GLOBAL_SERVICES = ("budgets", "cloudfront", "iam", "route53")
STORE: dict[tuple[str, str, str, str], dict[Any, Any]] = {}
"""What fillers keep, by account, region, service and kind of thing."""

FILLERS: dict[tuple[str, str], Filler] = {}
ROUTES: dict[str, list[str]] = {}
"""URL patterns that moto does not route, by the name of its module."""


class NotFound(ServiceException):
    """A service's own error for something that is not in the store."""

    status_code = 404

    def __init__(self, code: str, what: object) -> None:
        super().__init__(code, f"{what} not found")


def install() -> None:
    """Hooks the registered fillers into moto; call once, when all are registered."""
    try_fillers_first()
    add_routes()
    empty_with_moto()


def fill(service: str, *actions: str) -> Callable[[Filler], Filler]:
    """Registers a filler for actions of a botocore service."""

    def register(filler: Filler) -> Filler:
        for action in actions:
            FILLERS[(service, action)] = filler
        return filler

    return register


def store(response: Any, kind: str) -> dict[Any, Any]:
    """The dictionary that holds one kind of thing for the caller's account and region."""
    service = response.boto3_service_name
    region = "global" if service in GLOBAL_SERVICES else response.region
    return STORE.setdefault((response.current_account, region, service, kind), {})


def find(items: dict[Any, Any], key: object, code: str) -> Any:
    """An item by its key; raises the service's own error if there is none."""
    if key not in items:
        raise NotFound(code, key)
    return items[key]


def now() -> datetime:
    """The time of a change."""
    return datetime.now(UTC)


def try_fillers_first() -> None:
    """Puts the fillers before moto's own handlers."""
    call_moto = BaseResponse.call_action

    def call_action(self: Any) -> Any:
        try:
            action = self._get_action()
        except Exception:  # moto reports an unknown action itself
            return call_moto(self)
        filler = FILLERS.get((self.boto3_service_name, action))
        if filler is None:
            return call_moto(self)
        self.parse_parameters(self.normalized_request)
        params = self.params.original_dict() if isinstance(self.params, XFormedDict) else dict(self.params)
        try:
            result = filler(self, params)
        except ServiceException as error:
            result = error
        if result is NotImplemented:
            return call_moto(self)
        status, headers, body = self.serialized(ActionResult(result))
        headers, body = self._enrich_response(headers, body)
        return status, headers, body

    BaseResponse.call_action = call_action


def add_routes() -> None:
    """Leads the further URLs to the handler that serves the rest of the same service."""
    for module, patterns in ROUTES.items():
        urls: Any = importlib.import_module(f"moto.{module}.urls")
        handler = next(iter(urls.url_paths.values()))
        urls.url_paths = {**dict.fromkeys(patterns, handler), **urls.url_paths}


def empty_with_moto() -> None:
    """Empties the store whenever moto empties its own state."""
    backend = type(moto_api_backend)
    reset_moto = backend.reset

    def reset(self: Any) -> None:
        reset_moto(self)
        STORE.clear()

    backend.reset = reset
