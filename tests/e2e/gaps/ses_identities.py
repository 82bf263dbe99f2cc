"""What moto lacks or distorts of identities in version 2 of the API of SES: DKIM, the MAIL FROM domain, feedback."""

from __future__ import annotations

import uuid
from typing import Any

from moto.ses.models import EmailIdentity

from .registry import ROUTES, Params, fill, now

IDENTITY = "{0}/v2/email/identities/(?P<EmailIdentity>[^/]+)"
ROUTES.setdefault("sesv2", []).extend(
    f"{IDENTITY}/{part}$" for part in ("configuration-set", "dkim", "dkim/signing", "feedback", "mail-from")
)
DKIM_TOKENS = 3
"""https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-easy.html"""


def patch() -> None:
    """Verifies an identity at once, and gives it what a new one has at AWS."""
    create = EmailIdentity.__init__

    def init(self: Any, *arguments: Any, **settings: Any) -> None:
        create(self, *arguments, **settings)
        self.verified_for_sending_status = True
        self.feedback_forwarding_status = True
        self.dkim_attributes = signed(self.email_identity, self.dkim_signing_attributes or {})
        self.mail_from_attributes = {}

    EmailIdentity.__init__ = init


def signed(identity: str, signing: Params) -> Params:
    """The DKIM attributes of a verified identity."""
    own = "DomainSigningSelector" in signing
    length = signing.get("NextSigningKeyLength", "RSA_2048_BIT")
    tokens = [uuid.uuid5(uuid.NAMESPACE_DNS, f"{number}.{identity}").hex for number in range(DKIM_TOKENS)]
    return {
        "SigningEnabled": True,
        "Status": "SUCCESS",
        "Tokens": [signing["DomainSigningSelector"]] if own else tokens,
        "SigningAttributesOrigin": "EXTERNAL" if own else "AWS_SES",
        **({} if own else {"NextSigningKeyLength": length, "CurrentSigningKeyLength": length}),
        "LastKeyGenerationTimestamp": now(),
    }


def found(response: Any, params: Params) -> Any:
    """The identity that a request names; raises the service's own error if there is none."""
    return response.sesv2_backend.get_email_identity(params["EmailIdentity"])


@fill("sesv2", "CreateEmailIdentity")
def create_email_identity(response: Any, params: Params) -> Params:
    identity = response.sesv2_backend.create_email_identity(
        email_identity=params["EmailIdentity"],
        tags=params.get("Tags"),
        dkim_signing_attributes=params.get("DkimSigningAttributes"),
        configuration_set_name=params.get("ConfigurationSetName"),
    )
    return {
        "IdentityType": identity.identity_type,
        "VerifiedForSendingStatus": identity.verified_for_sending_status,
        "DkimAttributes": identity.dkim_attributes,
    }


@fill("sesv2", "GetEmailIdentity")
def get_email_identity(response: Any, params: Params) -> Params:
    identity = found(response, params)
    mail_from = {"MailFromAttributes": identity.mail_from_attributes} if identity.mail_from_attributes else {}
    return {**identity.get_response_object, **mail_from}


@fill("sesv2", "PutEmailIdentityMailFromAttributes")
def put_mail_from(response: Any, params: Params) -> Params:
    """A request without a domain ends its use."""
    domain = params.get("MailFromDomain")
    attributes = {
        "MailFromDomain": domain,
        "MailFromDomainStatus": "SUCCESS",
        "BehaviorOnMxFailure": params.get("BehaviorOnMxFailure", "USE_DEFAULT_VALUE"),
    }
    found(response, params).mail_from_attributes = attributes if domain else {}
    return {}


@fill("sesv2", "PutEmailIdentityFeedbackAttributes")
def put_feedback(response: Any, params: Params) -> Params:
    found(response, params).feedback_forwarding_status = params.get("EmailForwardingEnabled", False)
    return {}


@fill("sesv2", "PutEmailIdentityConfigurationSetAttributes")
def put_configuration_set(response: Any, params: Params) -> Params:
    found(response, params).configuration_set_name = params.get("ConfigurationSetName")
    return {}


@fill("sesv2", "PutEmailIdentityDkimAttributes")
def put_dkim(response: Any, params: Params) -> Params:
    found(response, params).dkim_attributes["SigningEnabled"] = params.get("SigningEnabled", False)
    return {}


@fill("sesv2", "PutEmailIdentityDkimSigningAttributes")
def put_dkim_signing(response: Any, params: Params) -> Params:
    identity = found(response, params)
    identity.dkim_attributes = signed(identity.email_identity, params.get("SigningAttributes", {}))
    return {"DkimStatus": "SUCCESS", "DkimTokens": identity.dkim_attributes["Tokens"]}
