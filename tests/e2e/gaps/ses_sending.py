"""What moto lacks of sending with SES: e-mails from templates, through a configuration set.

What is sent goes to the outbox of the emulator, rendered as a receiver would see it.
"""

from __future__ import annotations

import json
import re
import uuid
from email.utils import parseaddr
from typing import Any

from moto.core.exceptions import ServiceException

from .. import outbox
from .registry import Params, fill

PLACEHOLDER = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}")
"""A replacement tag. Conditions, loops and partials of Handlebars are not rendered here.

https://docs.aws.amazon.com/ses/latest/dg/send-personalized-email-advanced.html
"""


class Refused(ServiceException):
    """SES does not take the request."""


class MissingValue(Exception):
    """A template has a placeholder that the data have no value for."""


@fill("sesv2", "SendEmail")
def send_email(response: Any, params: Params) -> Any:
    """Sends an e-mail from a template; any other content is left to moto.

    A template that cannot be rendered is no error of the call: the e-mail is not sent, and an event tells why.
    https://docs.aws.amazon.com/ses/latest/dg/send-personalized-email-api.html
    """
    content = params["Content"].get("Template")
    if content is None:
        return NotImplemented
    backend = response.sesv2_backend.core_backend
    sender = params["FromEmailAddress"]
    require(backend._is_verified_address(parseaddr(sender)[1]), "MessageRejected", f"{sender} is not verified")
    name = configuration_set(backend, params)
    template = backend.templates.get(content["TemplateName"])
    require(template, "NotFoundException", f"Template {content['TemplateName']} does not exist")
    mail = {"sender": sender, "configuration_set": name, "template": content["TemplateName"]}
    deliver(mail, template, json.loads(content.get("TemplateData") or "{}"), params["Destination"])
    return {"MessageId": str(uuid.uuid4())}


def require(condition: object, code: str, message: str) -> None:
    """Raises the service's own error unless a condition holds."""
    if not condition:
        raise Refused(code, message)


def configuration_set(backend: Any, params: Params) -> str | None:
    """The configuration set of a request, or the one that the sender's identity has by default."""
    name = params.get("ConfigurationSetName")
    if name is None:
        domain = parseaddr(params["FromEmailAddress"])[1].partition("@")[2]
        identity = backend.email_identities.get(domain)
        return getattr(identity, "configuration_set_name", None)
    require(name in backend.config_sets, "NotFoundException", f"Configuration set <{name}> does not exist.")
    return str(name)


def deliver(mail: Params, template: Params, data: Params, destination: Params) -> None:
    """Puts the rendered e-mail into the outbox, once for each receiver."""
    try:
        parts = {part: rendered(template.get(f"{part}_part") or "", data) for part in ("subject", "text", "html")}
    except MissingValue as missing:
        outbox.put("rendering-failure", "", **mail, missing=str(missing))
        return
    for receivers in destination.values():
        for receiver in receivers:
            outbox.put("email", receiver, **mail, **parts)


def rendered(text: str, data: Params) -> str:
    """A text with the values of its placeholders."""

    def value(found: re.Match[str]) -> str:
        here: Any = data
        for word in found[1].split("."):
            if not isinstance(here, dict) or word not in here:
                raise MissingValue(found[1])
            here = here[word]
        return str(here)

    return PLACEHOLDER.sub(value, text)
