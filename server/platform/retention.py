"""What is cleared away by itself: keys, ended sessions, codes, outbox rows that are done, rosters, nudges, attempts to sign in."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from server.platform import db

KEYS: Final = timedelta(days=30)
"""A phone may have been in a drawer during the autumn holiday."""
SESSIONS: Final = timedelta(days=7)
OUTBOX: Final = timedelta(days=7)
UPLOADS: Final = timedelta(days=7)
"""With their previews, which hold names."""
UNDO: Final = timedelta(days=30)
"""So long the last import can be taken back."""
CLASHES: Final = timedelta(days=30)
NUDGES: Final = 7
"""Days: no nudge hinders one of tomorrow."""


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
        gone += await db.execute(
            "delete from roster_upload where school_id = $1 and uploaded_at < now() - $2::interval", school_id, UPLOADS
        )
        gone += await db.execute(
            """delete from roster_before b using roster_import i
                where b.school_id = $1 and i.school_id = $1 and i.id = b.import_id and i.imported_at < now() - $2::interval""",
            school_id,
            UNDO,
        )
        # Nobody signs out there any more, nothing can come back for these, and what was decided is in the audit log.
        gone += await db.execute(
            """delete from session_account a using session s
                where a.school_id = $1 and s.school_id = $1 and s.id = a.session_id
                  and (s.ended_at is not null or s.expires_at < now())""",
            school_id,
        )
        gone += await db.execute(
            "delete from nudge where school_id = $1 and day < current_date - $2::int", school_id, NUDGES
        )
        gone += await db.execute(
            "delete from sign_in_used where school_id = $1 and used_at < now() - interval '1 hour'", school_id
        )
        gone += await db.execute(
            "delete from account_clash where school_id = $1 and settled_at < now() - $2::interval", school_id, CLASHES
        )
    return gone
