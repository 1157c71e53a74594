"""All SQL about what people and schools choose to hear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from server.platform import db


async def choices(school_id: UUID, kind: str, person_ids: Sequence[UUID]) -> list[Any]:
    """What these people chose for a kind (person_id, channel, wanted), what the school switched off (person_id is empty), and
    as channel `quiet` whether it has quiet hours."""
    return await db.fetch(
        """select person_id, channel, wanted from notice_preference
            where school_id = $1 and kind = $2 and person_id = any($3::uuid[])
            union all
           select null, channel, false from notice_switched_off where school_id = $1 and kind = $2
            union all
           select null, 'quiet', quiet_hours from school_settings where school_id = $1""",
        school_id,
        kind,
        list(person_ids),
    )


async def ties(school_id: UUID, person_id: UUID) -> Any:
    """What somebody is to students today: is one, guards one, teaches or mentors some."""
    return await db.fetchrow(
        """select exists(select 1 from current_enrolment e where e.school_id = $1 and e.person_id = $2 and e.role = 'student') as studies,
                  exists(select 1 from guardianship g
                          where g.school_id = $1 and g.guardian_id = $2 and g.ended_on is null) as guards,
                  exists(select 1 from current_enrolment e where e.school_id = $1 and e.person_id = $2 and e.role = 'teacher'
                            and e.kind = 'teaching')
                    or exists(select 1 from round_stand_in i where i.school_id = $1 and i.person_id = $2) as teaches,
                  exists(select 1 from current_enrolment e where e.school_id = $1 and e.person_id = $2 and e.role = 'teacher'
                            and e.kind = 'home') as mentors""",
        school_id,
        person_id,
    )


async def preferences(school_id: UUID, person_id: UUID) -> dict[tuple[str, str], bool]:
    """What somebody chose, by kind and channel."""
    rows = await db.fetch(
        "select kind, channel, wanted from notice_preference where school_id = $1 and person_id = $2",
        school_id,
        person_id,
    )
    return {(row["kind"], row["channel"]): row["wanted"] for row in rows}


async def prefer(school_id: UUID, person_id: UUID, kind: str, channel: str, *, wanted: bool) -> None:
    """Remember a choice, if there is such a person."""
    await db.execute(
        """insert into notice_preference (school_id, person_id, kind, channel, wanted)
           select school_id, id, $3, $4, $5 from person where school_id = $1 and id = $2
           on conflict (school_id, person_id, kind, channel) do update set wanted = excluded.wanted, changed_at = now()""",
        school_id,
        person_id,
        kind,
        channel,
        wanted,
    )


async def switched_off(school_id: UUID) -> set[tuple[str, str]]:
    """Kinds and channels that the school sends to nobody."""
    rows = await db.fetch("select kind, channel from notice_switched_off where school_id = $1", school_id)
    return {(row["kind"], row["channel"]) for row in rows}


async def switch(school_id: UUID, kind: str, channel: str, *, on: bool) -> None:
    """Send a kind over a channel again, or to nobody any more."""
    if on:
        await db.execute(
            "delete from notice_switched_off where school_id = $1 and kind = $2 and channel = $3",
            school_id,
            kind,
            channel,
        )
    else:
        await db.execute(
            """insert into notice_switched_off (school_id, kind, channel) values ($1, $2, $3)
               on conflict (school_id, kind, channel) do nothing""",
            school_id,
            kind,
            channel,
        )


async def quiet_hours(school_id: UUID) -> bool:
    """Does this school have quiet hours?"""
    found = await db.fetchval("select quiet_hours from school_settings where school_id = $1", school_id)
    return True if found is None else bool(found)


async def set_quiet_hours(school_id: UUID, *, on: bool) -> None:
    """Have quiet hours, or none."""
    await db.execute("update school_settings set quiet_hours = $2 where school_id = $1", school_id, on)
