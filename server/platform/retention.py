"""What is cleared away by itself: idempotency keys, sessions and codes that ended, outbox rows that are done."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from server.platform import db

KEYS: Final = timedelta(days=30)
"""A phone may have been in a drawer during the autumn holiday."""
SESSIONS: Final = timedelta(days=7)
OUTBOX: Final = timedelta(days=7)


async def clear(school_id: UUID) -> int:
    """Delete what is too old, in a transaction of this school; how many rows. Safe to repeat."""
    async with db.school_transaction(school_id):
        gone = await db.execute(
            "delete from request_key where school_id = $1 and created_at < now() - $2::interval", school_id, KEYS
        )
        gone += await db.execute(
            "delete from session where school_id = $1 and least(ended_at, expires_at) < now() - $2::interval",
            school_id,
            SESSIONS,
        )
        gone += await db.execute(
            "delete from sign_in_code where school_id = $1 and expires_at < now() - $2::interval", school_id, SESSIONS
        )
        gone += await db.execute(
            "delete from outbox where school_id = $1 and done_at < now() - $2::interval", school_id, OUTBOX
        )
    return gone
