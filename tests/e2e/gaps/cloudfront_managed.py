"""The CloudFront policies that AWS brings, by the identifier that is the same in every account.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
"""

from __future__ import annotations

from typing import Any

from .registry import Params


def forwarding(headers: str, cookies: str, queries: str) -> Params:
    """What goes on to the origin, or into the key of the cache."""
    return {
        "HeadersConfig": {"HeaderBehavior": headers},
        "CookiesConfig": {"CookieBehavior": cookies},
        "QueryStringsConfig": {"QueryStringBehavior": queries},
    }


def naming_headers(behavior: str, *names: str) -> Params:
    """A rule that names headers."""
    return {"HeaderBehavior": behavior, "Headers": {"Quantity": len(names), "Items": list(names)}}


def caching(name: str, seconds: tuple[int, int, int], *, compressed: bool) -> Params:
    """A cache policy with the shortest, usual and longest time to live."""
    shortest, usual, longest = seconds
    encodings = {"EnableAcceptEncodingGzip": compressed, "EnableAcceptEncodingBrotli": compressed}
    return {
        "Name": name,
        "MinTTL": shortest,
        "DefaultTTL": usual,
        "MaxTTL": longest,
        "ParametersInCacheKeyAndForwardedToOrigin": {**encodings, **forwarding("none", "none", "none")},
    }


def if_absent(**settings: Any) -> Params:
    """A header that the origin's own has precedence over."""
    return {"Override": False, **settings}


CACHE_POLICIES = {
    "658327ea-f89d-4fab-a63d-7e88639e58f6": caching("Managed-CachingOptimized", (1, 86400, 31536000), compressed=True),
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": caching("Managed-CachingDisabled", (0, 0, 0), compressed=False),
}

ORIGIN_REQUEST_POLICIES = {
    "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": {
        "Name": "Managed-CORS-S3Origin",
        **forwarding("whitelist", "none", "none"),
        "HeadersConfig": naming_headers(
            "whitelist", "Origin", "Access-Control-Request-Headers", "Access-Control-Request-Method"
        ),
    },
    "216adef6-5c7f-47e4-b989-5492eafa07d3": {
        "Name": "Managed-AllViewer",
        **forwarding("allViewer", "all", "all"),
    },
    "b689b0a8-53d0-40ab-baf2-68738e2966ac": {
        "Name": "Managed-AllViewerExceptHostHeader",
        **forwarding("allExcept", "all", "all"),
        "HeadersConfig": naming_headers("allExcept", "Host"),
    },
}

RESPONSE_HEADERS_POLICIES = {
    "67f7725c-6f97-4210-82d7-5512b31e9d03": {
        "Name": "Managed-SecurityHeadersPolicy",
        "SecurityHeadersConfig": {
            "ContentTypeOptions": {"Override": True},
            "FrameOptions": if_absent(FrameOption="SAMEORIGIN"),
            "ReferrerPolicy": if_absent(ReferrerPolicy="strict-origin-when-cross-origin"),
            "StrictTransportSecurity": if_absent(AccessControlMaxAgeSec=31536000),
            "XSSProtection": if_absent(Protection=True, ModeBlock=True),
        },
    },
}
