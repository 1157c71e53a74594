"""A small authenticator in software: makes ES256 passkeys and shows them, rightly or with one thing wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

ORIGIN = "http://localhost:8000"
PRESENT, VERIFIED, ELIGIBLE, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def cbor(value: Any) -> bytes:
    """As much of CBOR as an authenticator writes."""
    match value:
        case int() if value >= 0:
            return _head(0, value)
        case int():
            return _head(1, -1 - value)
        case bytes():
            return _head(2, len(value)) + value
        case str():
            return _head(3, len(value.encode())) + value.encode()
        case dict():
            return _head(5, len(value)) + b"".join(cbor(key) + cbor(each) for key, each in value.items())
    raise TypeError(value)


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    if number < 256:
        return bytes([kind << 5 | 24, number])
    return bytes([kind << 5 | 25]) + struct.pack(">H", number)


@dataclass
class Key:
    """One passkey with its private half. `handle` is whom it is for, as the server named them."""

    handle: str = ""
    count: int = 0
    id: bytes = field(default_factory=lambda: secrets.token_bytes(20))
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any], **wrong: Any) -> dict[str, Any]:
        """The answer to `navigator.credentials.create`."""
        asked = options["public_key"]
        self.handle = asked["user"]["id"]
        numbers = self.private.public_key().public_numbers()
        public = cbor({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + public
        flags = wrong.get("flags", PRESENT | VERIFIED) | ATTESTED
        data = self._data(asked["rp"]["id"], flags, wrong) + attested
        return {
            "id": encoded(self.id),
            "client_data": encoded(self._client("webauthn.create", asked["challenge"], wrong)),
            "attestation": encoded(cbor({"fmt": "none", "attStmt": {}, "authData": data})),
            "transports": ["internal"],
            "name": "Telefoon",
        }

    def show(self, options: dict[str, Any], **wrong: Any) -> dict[str, Any]:
        """The answer to `navigator.credentials.get`."""
        asked = options["public_key"]
        self.count += 1
        data = self._data(asked["rpId"], wrong.get("flags", PRESENT | VERIFIED), wrong)
        client = self._client("webauthn.get", asked["challenge"], wrong)
        signed = data + hashlib.sha256(client).digest()
        private = wrong.get("private", self.private)
        return {
            "id": encoded(wrong.get("id", self.id)),
            "client_data": encoded(client),
            "authenticator_data": encoded(data),
            "signature": encoded(private.sign(signed, ec.ECDSA(hashes.SHA256()))),
            "user_handle": wrong.get("handle", self.handle),
        }

    def _data(self, host: str, flags: int, wrong: dict[str, Any]) -> bytes:
        host_hash = hashlib.sha256(wrong.get("host", host).encode()).digest()
        return host_hash + bytes([flags]) + struct.pack(">I", wrong.get("count", self.count))

    @staticmethod
    def _client(kind: str, challenge: str, wrong: dict[str, Any]) -> bytes:
        told = {
            "type": wrong.get("type", kind),
            "challenge": wrong.get("challenge", challenge),
            "origin": wrong.get("origin", ORIGIN),
            "crossOrigin": wrong.get("cross", False),
        }
        return json.dumps(told).encode()
