"""Sealing what must not be read or changed where it is kept: secrets in the database, what a browser carries for a while.

AES-256-GCM under a key of its own for each purpose, derived from the installation's secret. What was sealed for one purpose or
one thing (`bound`) opens for no other.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE: Final = 12


class BrokenSeal(ValueError):
    """Not ours, changed on the way, for another purpose or thing, or sealed under another secret."""


@lru_cache(maxsize=64)
def _key(secret: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"driehoek {purpose}".encode()).derive(secret.encode())


def seal(secret: str, purpose: str, data: bytes, bound: bytes = b"") -> bytes:
    """`data`, unreadable and unchangeable without `secret`; opens only for this purpose and what it is bound to."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(_key(secret, purpose)).encrypt(nonce, data, bound)


def unseal(secret: str, purpose: str, sealed: bytes, bound: bytes = b"") -> bytes:
    """What was sealed.

    Raises:
        BrokenSeal: it does not open.
    """
    try:
        return AESGCM(_key(secret, purpose)).decrypt(sealed[:NONCE], sealed[NONCE:], bound)
    except (InvalidTag, ValueError):
        raise BrokenSeal from None
