"""The outbox: what others must hear of, written in the same transaction as the fact itself. Ids only, never a text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from server.platform import db


async def append(school_id: UUID, kind: str, *, due_at: datetime | None = None, **ids: UUID | int | None) -> None:
    """Add one row; `kind` is `<domain>.<what happened>`, `ids` are ids and version numbers. `due_at` delays the delivery."""
    await db.execute(
        "insert into outbox (school_id, kind, ids, due_at) values ($1, $2, $3, coalesce($4, now()))",
        school_id,
        kind,
        encode(ids),
        due_at,
    )


def encode(ids: Mapping[str, UUID | int | None]) -> str:
    """The ids as JSON, empty ones left out."""
    return msgspec.json.encode({name: value for name, value in ids.items() if value is not None}).decode()
