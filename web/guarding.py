"""What guards every answer and every request that changes something: headers, where it comes from, how often."""

from __future__ import annotations

import ipaddress
from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse

from plumbline import clock
from plumbline.settings import Settings

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
MOST, PER = 120, timedelta(minutes=1)
"""Posts from one source there. The slowing down of single accounts is `cases.attempts`; this only spares the processor."""


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


class Pace:
    """How often each source posted where anybody may, within the last minute; in this process only."""

    def __init__(self) -> None:
        self._posts: dict[str, deque[datetime]] = {}

    def too_fast(self, request: Request) -> bool:
        """Whether this is one too many; otherwise it counts."""
        if request.method in SAFE or not request.url.path.startswith(UNPROVED):
            return False
        now, key = clock.now(), source(request)
        if len(self._posts) > 10_000:
            self._posts.clear()
        posts = self._posts.setdefault(key, deque())
        while posts and now - posts[0] >= PER:
            posts.popleft()
        if len(posts) >= MOST:
            return True
        posts.append(now)
        return False


def refusal(request: Request, settings: Settings, pace: Pace) -> Response | None:
    """The answer to a request that is not even looked at; None for any other."""
    if is_foreign(request, settings):
        return PlainTextResponse("403: 请求来自其他网站。 This came from another site.\n", status_code=403)
    if pace.too_fast(request):
        return PlainTextResponse("429: 请求过于频繁，请稍候。 Too many requests; wait a minute.\n", status_code=429,
                                 headers={"Retry-After": str(int(PER.total_seconds()))})  # fmt: skip
    return None
