"""The key pair by which push services know this installation: made on the first run, kept in `DATA/vapid.json`.

A new pair makes every subscription worthless, so it is written once and never over an old one.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from server.settings import Refused, Settings


class KeyPair(msgspec.Struct, frozen=True):
    """Both keys in URL-safe base64 without padding, as browsers and RFC 8292 have them."""

    private_key: str
    """The 32 bytes of the secret number on P-256."""
    public_key: str
    """The 65 bytes of the point; what `pushManager.subscribe` takes as `applicationServerKey`."""

    def private_pem(self) -> bytes:
        """The private key as PKCS 8 PEM, for libraries."""
        return _private(self.private_key).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def public_pem(self) -> bytes:
        """The public key as PEM, for libraries."""
        return (
            _private(self.private_key)
            .public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )


def new_private_key() -> str:
    """A new private key in URL-safe base64."""
    secret = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _encode(secret.to_bytes(32, "big"))


def key_pair(settings: Settings) -> KeyPair:
    """The pair of `DRIEHOEK_VAPID_PRIVATE_KEY`, else of the data folder, where it is made when there is none.

    Raises:
        Refused: the key cannot be read.
    """
    if settings.vapid_private_key:
        return _pair(settings.vapid_private_key, "DRIEHOEK_VAPID_PRIVATE_KEY")
    file = settings.vapid_file
    if not file.exists():
        _keep_first(file, msgspec.json.encode(_pair(new_private_key(), "")))
    try:
        return msgspec.json.decode(file.read_bytes(), type=KeyPair)
    except msgspec.MsgspecError:
        raise Refused([f"{file} is damaged: restore it, or set DRIEHOEK_VAPID_PRIVATE_KEY."]) from None


def _keep_first(file: Path, content: bytes) -> None:
    """Write `content` unless another process was first: server and worker must agree on one pair."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)
    try:
        os.link(fresh, file)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _pair(private_key: str, name: str) -> KeyPair:
    try:
        private = _private(private_key)
    except ValueError:
        raise Refused([f"{name} must be 32 bytes in URL-safe base64: `driehoek secrets` makes one."]) from None
    point = private.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return KeyPair(private_key.rstrip("="), _encode(point))


def _private(encoded: str) -> ec.EllipticCurvePrivateKey:
    raw = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    if len(raw) != 32:
        raise ValueError("not 32 bytes")
    return ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
