"""What guards every answer and every request that changes something: headers, where it comes from, how often."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse

from plumbline.settings import Settings
from web.pacing import Paces

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    # Not no-referrer: under that, browsers say "Origin: null" with a form, and a foreign form could not be told.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
TLS = {"Strict-Transport-Security": "max-age=31536000"}

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PROVED_OTHERWISE = (
    "/exchange/",
    "/api/",
)  # what comes there proves itself by a signature or a token, not by a cookie
UNPROVED = ("/sign-in", "/welcome/", "/rehearsal")  # where anybody may post
MOST = 120
"""Posts a minute from one source there. `cases.attempts` slows down single accounts; this only spares the processor."""


def secure(settings: Settings) -> bool:
    """Whether people come by TLS, as far as PLUMBLINE_BASE_URL says."""
    return urlsplit(settings.base_url).scheme == "https"


def headers(settings: Settings) -> Mapping[str, str]:
    """The headers of every answer."""
    return {**HEADERS, **TLS} if secure(settings) else HEADERS


def is_foreign(request: Request, settings: Settings) -> bool:
    """Whether a request that changes something was made by a page of somebody else's.

    A browser says so by Origin, or by Sec-Fetch-Site. What says neither is no browser, and carries no cookie of one
    that it was not given.
    """
    if request.method in SAFE or request.url.path.startswith(PROVED_OTHERWISE):
        return False
    if request.headers.get("authorization", "").lower().startswith("bearer "):
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
    there = urlsplit(origin).netloc
    return not there or there not in (request.headers.get("host"), urlsplit(settings.base_url).netloc)


def source(request: Request) -> str:
    """Where a request comes from, as coarse as it is useful: an IPv4 address, or the /64 of an IPv6 one."""
    host = request.client.host if request.client is not None else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network(f"{address}/64", strict=False).network_address)


def too_fast(request: Request, paces: Paces) -> int:
    """The seconds to wait where this post is one too many from its source; otherwise it counts, and 0."""
    if request.method in SAFE or not request.url.path.startswith(UNPROVED):
        return 0
    return paces.take(f"post {source(request)}", MOST)


def refusal(request: Request, settings: Settings, paces: Paces) -> Response | None:
    """The answer to a request that is not even looked at; None for any other."""
    if is_foreign(request, settings):
        return PlainTextResponse("403: 请求来自其他网站。 This came from another site.\n", status_code=403)
    if wait := too_fast(request, paces):
        return PlainTextResponse(f"429: 请求过于频繁，请在 {wait} 秒后再试。 Too many requests; try again in {wait} s.\n",
                                 status_code=429, headers={"Retry-After": str(wait)})  # fmt: skip
    return None
