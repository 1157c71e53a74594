"""SQL of the two logs: who read whose data, and who changed what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from server.platform import db


async def add_reads(
    school_id: UUID, viewer_id: UUID, student_ids: Sequence[UUID], round_id: UUID | None, what: str, at: datetime
) -> None:
    """One row per student, in one statement."""
    await db.execute(
        """insert into access_log (school_id, viewer_id, student_id, round_id, what, read_at)
           select $1, $2, unnest($3::uuid[]), $4, $5, $6""",
        school_id,
        viewer_id,
        list(student_ids),
        round_id,
        what,
        at,
    )


async def add_act(school_id: UUID, person_id: UUID | None, act: str, ids: str, at: datetime) -> None:
    """One row of the audit log; `ids` is JSON."""
    await db.execute(
        "insert into audit_log (school_id, person_id, act, ids, at) values ($1, $2, $3, $4, $5)",
        school_id,
        person_id,
        act,
        ids,
        at,
    )
