"""SQL of the two logs: who read whose data, and who changed what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
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


async def entries(school_id: UUID, kinds: Sequence[str], person_id: UUID | None, limit: int, offset: int) -> list[Any]:
    """Both logs in one, newest first. `kinds` are first words of acts (`read` for the access log), none for all;
    `person_id`: done by, or to, this person."""
    return await db.fetch(
        """select at, act, person_id, ids::text as ids from (
             select a.at, a.id, a.act, a.person_id, a.ids from audit_log a
              where a.school_id = $1 and ($2::text[] = '{}' or split_part(replace(a.act, '_', '.'), '.', 1) = any($2))
                and ($3::uuid is null or a.person_id = $3 or strpos(a.ids::text, $3::text) > 0)
             union all
             select l.read_at, l.id, 'read.' || l.what, l.viewer_id, jsonb_build_object('student', l.student_id, 'round', l.round_id)
               from access_log l
              where l.school_id = $1 and ($2::text[] = '{}' or 'read' = any($2)) and ($3::uuid is null or $3 in (l.viewer_id, l.student_id))
           ) as both_logs order by at desc, id desc limit $4 offset $5""",
        school_id,
        list(kinds),
        person_id,
        limit,
        offset,
    )


async def reads_of(school_id: UUID, student_id: UUID) -> list[Any]:
    """Every logged read of one student's data, newest first, with the name of who read."""
    return await db.fetch(
        """select l.read_at, l.what, p.given_name, p.particle, p.family_name, r.name as round_name
             from access_log l
             join person p on p.school_id = l.school_id and p.id = l.viewer_id
             left join round r on r.school_id = l.school_id and r.id = l.round_id
            where l.school_id = $1 and l.student_id = $2 order by l.read_at desc, l.id desc""",
        school_id,
        student_id,
    )
