"""Where somebody is signed in, and ending that from elsewhere."""

from __future__ import annotations

from uuid import UUID

from server.errors import NotFound
from server.people.device import chosen
from server.platform.request import Me
from server.platform.security import session_hash
from server.signin import queries
from server.signin.schemas import SessionItem


async def list_sessions(me: Me, session_id: str) -> list[SessionItem]:
    """One's own living sessions, last used first."""
    mine = session_hash(session_id)
    return [
        SessionItem(
            id=row["id"],
            label=row["label"],
            device=chosen(row["device"]),
            created_at=row["created_at"],
            seen_at=row["seen_at"],
            current=bytes(row["id_hash"]) == mine,
        )
        for row in await queries.sessions(me.school_id, me.person_id)
    ]


async def end(me: Me, public_id: UUID) -> list[bytes]:
    """End one of one's own sessions; its hash.

    Raises:
        NotFound: it is not one of theirs, or over already.
    """
    ended = await queries.end_sessions(me.school_id, me.person_id, only=public_id)
    if not ended:
        raise NotFound
    return ended


async def end_others(me: Me, session_id: str) -> list[bytes]:
    """End all but this one; their hashes."""
    return await queries.end_sessions(me.school_id, me.person_id, but=session_hash(session_id))
