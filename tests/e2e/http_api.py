"""What an applied HTTP API does with a request. moto keeps HTTP APIs and serves none, so this reads the API and acts.

A request finds its route as API Gateway finds it, its integration's parameters are filled from the request, and the
integration is carried out. What is not known here is an error, never left out in silence.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .stack import Stack

WORD = re.compile(r"\$\{?request\.(body|path|header\.[\w-]+|querystring\.[\w.-]+)\}?")
"""What a parameter takes from the request, alone or within a longer text.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html
"""


@dataclass(frozen=True)
class Request:
    """A request to an API."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True)
class Response:
    """The answer of an API."""

    status: int
    body: str


def send(stack: Stack, api: str, request: Request) -> Response:
    """Sends a request to an applied HTTP API, by its identifier."""
    client = stack.client("apigatewayv2")
    routes = {route["RouteKey"]: route for route in client.get_routes(ApiId=api)["Items"]}
    route = routes.get(f"{request.method} {request.path}") or routes.get("$default")
    if route is None:
        return Response(404, '{"message":"Not Found"}')
    if route.get("AuthorizationType", "NONE") != "NONE":
        raise NotImplementedError(f"authorization {route['AuthorizationType']}")
    integration = client.get_integration(ApiId=api, IntegrationId=route["Target"].removeprefix("integrations/"))
    subtype = integration.get("IntegrationSubtype")
    if integration["IntegrationType"] != "AWS_PROXY" or subtype not in SUBTYPES:
        raise NotImplementedError(f"integration {integration['IntegrationType']} {subtype}")
    try:
        parameters = {name: filled(text, request) for name, text in integration["RequestParameters"].items()}
    except KeyError as missing:
        # A parameter that the request does not have ends the request before the service is called.
        return Response(400, json.dumps({"message": f"no {missing.args[0]}"}))
    return SUBTYPES[subtype](stack, parameters)


def filled(text: str, request: Request) -> str:
    """A parameter with the values of the request; one that is within JSON is escaped as JSON wants it."""

    def value(found: re.Match[str]) -> str:
        whole = found[0] == text
        plain = part(found[1], request)
        return plain if whole else json.dumps(plain)[1:-1]

    return WORD.sub(value, text)


def part(word: str, request: Request) -> str:
    """A part of a request by the name that parameters have for it; raises `KeyError` if it is absent."""
    kind, _, name = word.partition(".")
    if kind == "body":
        return request.body
    if kind == "path":
        return request.path
    if kind == "header":
        lowered = {key.lower(): value for key, value in request.headers.items()}
        return lowered[name.lower()]
    raise NotImplementedError(word)


def send_message(stack: Stack, parameters: Mapping[str, str]) -> Response:
    """SQS-SendMessage: the message attributes are JSON, as the service takes them."""
    known = {"QueueUrl", "MessageBody", "MessageAttributes"}
    if unknown := parameters.keys() - known:
        raise NotImplementedError(f"SQS-SendMessage with {', '.join(sorted(unknown))}")
    answer = stack.client("sqs").send_message(
        QueueUrl=parameters["QueueUrl"],
        MessageBody=parameters["MessageBody"],
        MessageAttributes=json.loads(parameters.get("MessageAttributes", "{}")),
    )
    return Response(200, json.dumps({"MessageId": answer["MessageId"]}))


SUBTYPES: dict[str, Callable[[Stack, Mapping[str, str]], Response]] = {"SQS-SendMessage": send_message}
"""How the integrations with services of AWS are carried out."""
