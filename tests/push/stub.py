"""A push service and the devices behind it: checks VAPID as a real one does, and decrypts as a browser does."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from secrets import token_bytes, token_hex
from typing import Any
from urllib.parse import urlsplit

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.platform.push import Subscription
from tests.push.http import Answer, Handler, Request, serve


def encode(raw: bytes) -> str:
    """URL-safe base64 without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The reverse of `encode`."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Device:
    """One browser: its keys, and the address it was given."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.secret = token_bytes(16)

    @property
    def path(self) -> str:
        return urlsplit(self.endpoint).path

    @property
    def p256dh(self) -> str:
        return encode(self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    @property
    def auth(self) -> str:
        return encode(self.secret)

    @property
    def subscription(self) -> Subscription:
        return Subscription(endpoint=self.endpoint, p256dh=self.p256dh, auth=self.auth)

    def decrypt(self, body: bytes) -> bytes:
        found: bytes = http_ece.decrypt(body, private_key=self.private, auth_secret=self.secret, version="aes128gcm")
        return found


@dataclass(frozen=True)
class Received:
    """One push as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes
    plain: bytes
    claims: dict[str, Any]

    @property
    def payload(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.plain)
        return found


@dataclass
class PushService:
    """Takes pushes for its devices. `answers` are given first, in order; afterwards 201."""

    port: int
    public_key: str | None = None
    """When set, pushes signed with another key are refused, as real services do."""
    devices: dict[str, Device] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    slow: Handler | None = None
    """Answers instead, for a service that hangs."""
    dead: bool = False
    """It hangs up on everybody."""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def device(self) -> Device:
        """A new device."""
        path = f"/push/{token_hex(8)}"
        self.devices[path] = Device(self.origin + path)
        return self.devices[path]

    async def take(self, request: Request) -> Answer:
        """Answer one push."""
        if self.dead:
            raise ConnectionError
        if self.slow is not None:
            return await self.slow(request)
        device = self.devices.get(request.path)
        if device is None:
            return Answer(404)
        try:
            claims = self.claims(request.headers["authorization"])
        except (jwt.PyJWTError, ValueError):
            return Answer(403)
        self.received.append(
            Received(request.path, request.headers, request.body, device.decrypt(request.body), claims)
        )
        return self.answers.pop(0) if self.answers else Answer(201)

    def claims(self, authorization: str) -> dict[str, Any]:
        """The signed claims of RFC 8292; raises when anything is wrong with them."""
        scheme, _, rest = authorization.partition(" ")
        if scheme != "vapid":
            raise ValueError(scheme)
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        if self.public_key is not None and parts["k"] != self.public_key:
            raise ValueError("signed with another key")
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(parts["k"]))
        found: dict[str, Any] = jwt.decode(
            parts["t"], key, algorithms=["ES256"], audience=self.origin, options={"require": ["exp", "aud", "sub"]}
        )
        return found


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    """A running push service."""
    service = PushService(0)
    async with serve(service.take) as port:
        service.port = port
        yield service
