"""Signing in by an OpenID Connect provider: the code flow with PKCE, state and nonce. Nothing here holds a transaction."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Self
from urllib.parse import quote, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from plumbline.settings import Settings

BACK = "/sign-in/provider/back"
ALGORITHMS = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "EdDSA",
]  # none that is shared
LEEWAY = 60  # seconds between two machines' clocks
WITHIN = 10.0  # seconds for each answer of the provider


class ProviderRefused(Exception):
    """The provider did not prove who this is; the message says where it failed."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What only the browser that began may bring back."""

    state: str
    nonce: str
    verifier: str
    next: str

    def written(self) -> str:
        """As text."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> Self:
        """From that text."""
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the provider proved: its name for them, and their address if it says that it verified it."""

    issuer: str
    subject: str
    verified_email: str | None


def _client() -> httpx.Client:
    return httpx.Client(timeout=WITHIN, follow_redirects=False, trust_env=False)


@dataclass(frozen=True)
class Provider:
    """One provider, as the settings name it."""

    issuer: str
    client_id: str
    client_secret: str | None = field(repr=False)
    back: str
    client: Callable[[], httpx.Client] = _client

    @classmethod
    def of(cls, settings: Settings) -> Provider | None:
        """The provider of the settings, if there is one."""
        if not settings.oidc_issuer:
            return None
        secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else None
        return cls(
            settings.oidc_issuer, settings.oidc_client_id, secret, settings.base_url.rstrip("/") + BACK
        )

    def begin(self, *, next_: str) -> tuple[str, Pending]:
        """Where to send the browser, and what it is to bring back. Raises ProviderRefused."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        pending = Pending(state, nonce, verifier, next_)
        with self.client() as client:
            there = self._endpoint(self._described(client), "authorization_endpoint")
        challenge = base64.urlsafe_b64encode(hashlib.sha256(pending.verifier.encode()).digest()).rstrip(b"=")
        asked = {"response_type": "code", "client_id": self.client_id, "redirect_uri": self.back, "scope": "openid email",
                 "state": pending.state, "nonce": pending.nonce, "code_challenge": challenge.decode(),
                 "code_challenge_method": "S256"}  # fmt: skip
        return f"{there}{'&' if '?' in there else '?'}{urlencode(asked)}", pending

    def finish(self, answer: Mapping[str, str], pending: Pending, *, at: datetime) -> Subject:
        """Whom the provider proved. `answer` is what the browser came back with. Raises ProviderRefused."""
        if not hmac.compare_digest(answer.get("state", "").encode(), pending.state.encode()):
            raise ProviderRefused("This answer does not belong to a sign-in that this browser began.")
        if answer.get("iss", self.issuer) != self.issuer:
            raise ProviderRefused("The answer is another provider's.")
        if "code" not in answer:
            raise ProviderRefused(f"The provider answered: {answer.get('error', 'no code')[:80]}.")
        with self.client() as client:
            described = self._described(client)
            token = self._token(client, described, answer["code"], pending)
            keys = self._got(client.get, self._endpoint(described, "jwks_uri"))
        return self._subject(token, keys, pending, at=at)

    def _described(self, client: httpx.Client) -> Mapping[str, Any]:
        found = self._got(client.get, self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found.get("issuer") != self.issuer:
            raise ProviderRefused("The provider calls itself another name than PLUMBLINE_OIDC_ISSUER.")
        return found

    def _endpoint(self, described: Mapping[str, Any], name: str) -> str:
        """An address of the provider's, with TLS wherever the provider itself has it."""
        found = described.get(name)
        if not isinstance(found, str) or urlsplit(found).scheme not in (
            "https",
            urlsplit(self.issuer).scheme,
        ):
            raise ProviderRefused(f"The provider names no usable {name}.")
        return found

    def _token(self, client: httpx.Client, described: Mapping[str, Any], code: str, pending: Pending) -> str:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.back, "client_id": self.client_id,
                "code_verifier": pending.verifier}  # fmt: skip
        proof = (quote(self.client_id), quote(self.client_secret or ""))

        def post(url: str) -> httpx.Response:
            return client.post(url, data=form, auth=proof if self.client_secret else httpx.USE_CLIENT_DEFAULT)

        found = self._got(post, self._endpoint(described, "token_endpoint")).get("id_token")
        if not isinstance(found, str):
            raise ProviderRefused("The provider gave no ID token.")
        return found

    def _got(self, ask: Callable[[str], httpx.Response], url: str) -> dict[str, Any]:
        try:
            answer = ask(url)
            found = answer.json() if answer.is_success else None
        except (httpx.HTTPError, ValueError) as fault:
            raise ProviderRefused("The provider cannot be reached, or its answer cannot be read.") from fault
        if not isinstance(found, dict):
            raise ProviderRefused(f"The provider answered {answer.status_code}.")
        return found

    def _subject(self, token: str, keys: Mapping[str, Any], pending: Pending, *, at: datetime) -> Subject:
        """The claims of an ID token: signed by the provider, for us, now, and for this very sign-in."""
        checked = jwt.JWTClaimsRegistry(
            now=int(at.timestamp()), leeway=LEEWAY,
            iss={"essential": True, "value": self.issuer}, aud={"essential": True, "value": self.client_id},
            exp={"essential": True}, iat={"essential": True}, sub={"essential": True},
            nonce={"essential": True, "value": pending.nonce})  # fmt: skip
        try:
            claims = jwt.decode(token, KeySet.import_key_set(dict(keys)), algorithms=ALGORITHMS).claims  # type: ignore[arg-type]
            checked.validate(claims)
        except (JoseError, ValueError, KeyError, TypeError) as fault:
            raise ProviderRefused("The ID token is not valid for this sign-in.") from fault
        if claims.get("azp", self.client_id) != self.client_id or not str(claims["sub"])[:255]:
            raise ProviderRefused("The ID token is not for this office.")
        email = claims.get("email") if claims.get("email_verified") is True else None
        return Subject(self.issuer, str(claims["sub"])[:255], email if isinstance(email, str) else None)
