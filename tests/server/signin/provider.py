"""A provider of our own, in this process: it does what it should, and each thing that it should not when it is told to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from uuid import uuid4

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from server.platform import clock

ISSUER = "https://idp.school.example"
CLIENT = "driehoek"
SECRET = "s3cret/with+signs&more"


def half_hash(token: str) -> str:
    """`at_hash` of an RS256 token."""
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()[:16]).rstrip(b"=").decode()


@dataclass
class Given:
    """A code that was given out, and for what."""

    challenge: str
    redirect_uri: str
    claims: dict[str, Any]


@dataclass
class FakeProvider:
    """What it publishes, and how it answers. `bend` changes the claims of a token, `forge` makes the whole token."""

    issuer: str = ISSUER
    client_id: str = CLIENT
    secret: str = SECRET
    sends_iss: bool = False
    signs_out: bool = True
    bend: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    forge: Callable[[dict[str, Any]], str] | None = None
    info: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    codes: dict[str, Given] = field(default_factory=dict)
    away: bool = False
    subject: str = field(default_factory=lambda: f"subject-{uuid4().hex}")
    """Of who signs in, unless a test names another. New each time: tries of one account are counted."""

    def __post_init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.published: list[Any] = [self.key]

    def rotate(self, kid: str) -> None:
        """A new key signs from now on, and is published beside the old ones."""
        self.key = ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})
        self.published.append(self.key)

    # ------------------------------------------------------------------------------------------- its own pages

    def authorize(self, address: str, **claims: Any) -> dict[str, str]:
        """Somebody signs in there; what the browser brings back."""
        query = dict(parse_qsl(urlsplit(address).query))
        assert query["response_type"] == "code"
        assert query["client_id"] == self.client_id
        assert query["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        told = {"nonce": query["nonce"], **claims}
        self.codes[code] = Given(query["code_challenge"], query["redirect_uri"], told)
        return {"code": code, "state": query["state"], **({"iss": self.issuer} if self.sends_iss else {})}

    def handle(self, request: httpx.Request) -> httpx.Response:
        """What it answers to us."""
        path = request.url.path
        self.asked.append(path)
        if self.away:
            raise httpx.ConnectError("away")
        if path.endswith("/.well-known/openid-configuration"):
            return httpx.Response(200, json=self.description())
        if path.endswith("/jwks"):
            return httpx.Response(200, json={"keys": [key.as_dict(private=False) for key in self.published]})
        if path.endswith("/userinfo"):
            assert request.headers["authorization"] == "Bearer access"
            return httpx.Response(200, json=self.info)
        assert path.endswith("/token")
        return self.token(request)

    def description(self) -> dict[str, Any]:
        """Its discovery document."""
        base = self.issuer
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "jwks_uri": f"{base}/jwks",
            "userinfo_endpoint": f"{base}/userinfo",
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": self.sends_iss,
        }
        return {**found, "end_session_endpoint": f"{base}/end"} if self.signs_out else found

    def token(self, request: httpx.Request) -> httpx.Response:
        """A token for a code, once."""
        sent = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        given_id, _, given_secret = (
            base64.b64decode(request.headers["authorization"].split()[1]).decode().partition(":")
        )
        client = {name: parse_qsl(f"x={value}")[0][1] for name, value in (("id", given_id), ("secret", given_secret))}
        if client != {"id": self.client_id, "secret": self.secret}:
            return httpx.Response(401, json={"error": "invalid_client"})
        given = self.codes.pop(sent["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest()).rstrip(b"=")
        if given is None or given.redirect_uri != sent["redirect_uri"] or given.challenge != challenge.decode():
            return httpx.Response(400, json={"error": "invalid_grant"})
        return httpx.Response(
            200, json={"token_type": "Bearer", "access_token": "access", "id_token": self.sign(given)}
        )

    def sign(self, given: Given) -> str:
        """The ID token."""
        now = int(clock.now().timestamp())
        claims = {
            "iss": self.issuer, "aud": self.client_id, "iat": now, "exp": now + 300, "sub": self.subject,
            "at_hash": half_hash("access"), **given.claims,
        }  # fmt: skip
        claims = self.bend(claims)
        if self.forge is not None:
            return self.forge(claims)
        algorithm = "RS256" if isinstance(self.key, RSAKey) else "ES256"
        return jwt.encode({"alg": algorithm, "kid": self.key.kid}, claims, self.key)


def part(value: dict[str, Any]) -> str:
    """One part of a token made by hand."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def unsigned(claims: dict[str, Any]) -> str:
    """A token that says it needs no signature."""
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}."


def signed_with_public_key(provider: FakeProvider) -> Callable[[dict[str, Any]], str]:
    """A token whose shared secret is the provider's public key, which everybody has. No library makes these any more."""

    def forge(claims: dict[str, Any]) -> str:
        signed = f"{part({'alg': 'HS256', 'kid': provider.key.kid})}.{part(claims)}"
        digest = hmac.new(provider.key.as_pem(private=False), signed.encode(), "sha256").digest()
        return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"

    return forge


def signed_by_another(kid: str) -> Callable[[dict[str, Any]], str]:
    """A token signed by a key that is not the provider's, under the name of one that is."""
    key = RSAKey.generate_key(2048, {"kid": kid})

    def forge(claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": kid}, claims, key)

    return forge
