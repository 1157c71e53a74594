"""Idempotency keys: the same key with the same body gives the same answer, with another body it is refused.

The key is stored in the same transaction as the write, with the hash of the body and ids and versions as the answer: never a
text. Keys live for 30 days (a phone may have been in a drawer during the autumn holiday).
"""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

import msgspec

from server.errors import KeyReused
from server.platform import db


def payload_hash(*parts: object) -> bytes:
    """SHA-256 over method, path and body: what makes two requests the same."""
    return hashlib.sha256(msgspec.json.encode(parts)).digest()


async def earlier_answer(school_id: UUID, person_id: UUID, key: UUID | None, digest: bytes) -> Any | None:
    """The stored answer of this key, or None when the key is new (or none was sent).

    Takes a lock on the key, so that the same request arriving twice at once is done once.

    Raises:
        KeyReused: the key came before with another body.
    """
    if key is None:
        return None
    await db.lock(f"key:{person_id}:{key}")
    row = await db.fetchrow(
        "select payload_hash, answer from request_key where school_id = $1 and person_id = $2 and key = $3",
        school_id,
        person_id,
        key,
    )
    if row is None:
        return None
    if row["payload_hash"] != digest:
        raise KeyReused
    return msgspec.json.decode(row["answer"])


async def remember(school_id: UUID, person_id: UUID, key: UUID | None, digest: bytes, answer: object) -> None:
    """Store the answer (ids, versions, states) under the key."""
    if key is None:
        return
    await db.execute(
        "insert into request_key (school_id, person_id, key, payload_hash, status, answer) values ($1, $2, $3, $4, 200, $5)",
        school_id,
        person_id,
        key,
        digest,
        msgspec.json.encode(answer).decode(),
    )
