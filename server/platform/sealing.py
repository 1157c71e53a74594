"""Secrets of others that we have to keep and use again (a client secret at somebody's service), sealed in the database.

AES-256-GCM under a key for each purpose, derived from `DRIEHOEK_SECRET`: who has a copy of the database alone has nothing. What
the sealed value is bound to (the id of its row) is checked on opening, so that one row's secret cannot be moved to another.
"""

from __future__ import annotations

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION: Final = b"\x01"
_NONCE: Final = 12


class Unsealable(Exception):
    """Sealed under another secret, for another purpose or bound to something else; or damaged."""


def _cipher(secret: str, purpose: str) -> AESGCM:
    derived = HKDF(hashes.SHA256(), 32, salt=b"driehoek sealing", info=purpose.encode()).derive(secret.encode())
    return AESGCM(derived)


def seal(secret: str, purpose: str, data: bytes, bound: bytes) -> bytes:
    """Seal `data`; `bound` must be the same on opening."""
    nonce = os.urandom(_NONCE)
    return _VERSION + nonce + _cipher(secret, purpose).encrypt(nonce, data, bound)


def unseal(secret: str, purpose: str, sealed: bytes, bound: bytes) -> bytes:
    """What was sealed.

    Raises:
        Unsealable: it cannot be opened with these.
    """
    if sealed[:1] != _VERSION:
        raise Unsealable
    try:
        return _cipher(secret, purpose).decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], bound)
    except (InvalidTag, ValueError):
        raise Unsealable from None
