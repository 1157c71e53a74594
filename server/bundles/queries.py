"""All SQL about bundles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from server.platform import db

# A finished bundle that is older than it is kept is there for nobody; the night clears it away.
BUNDLE: Final = """
select b.id, b.round_id, b.asked_by, b.asked_at, b.kind, b.form, b.sort, b.scope, b.student_id, b.group_id, b.year, b.language,
       b.state, b.error, b.total, b.done, b.left_out, b.size, b.finished_at, r.name as round_name, g.title as group_title,
       p.given_name, p.particle, p.family_name
  from bundle b
  join round r on r.school_id = b.school_id and r.id = b.round_id
  left join class_group g on g.school_id = b.school_id and g.id = b.group_id
  left join person p on p.school_id = b.school_id and p.id = b.student_id
 where b.school_id = $1 and b.asked_by = $2 and (b.finished_at is null or b.finished_at > $3)
"""


async def add(
    school_id: UUID,
    round_id: UUID,
    asked_by: UUID,
    *,
    kind: str,
    form: str,
    sort: str,
    scope: str,
    student_id: UUID | None,
    group_id: UUID | None,
    year: int | None,
    language: str,
    total: int,
    at: datetime,
) -> UUID:
    """Note what somebody asks for."""
    bundle_id: UUID = await db.fetchval(
        """insert into bundle (school_id, round_id, asked_by, kind, form, sort, scope, student_id, group_id, year, language, total,
                               asked_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning id""",
        school_id, round_id, asked_by, kind, form, sort, scope, student_id, group_id, year, language, total, at,
    )  # fmt: skip
    return bundle_id


async def unfinished(school_id: UUID, person_id: UUID) -> int:
    """How many of this person's bundles wait or are being made."""
    found: int = await db.fetchval(
        "select count(*) from bundle where school_id = $1 and asked_by = $2 and state in ('waiting', 'making')",
        school_id,
        person_id,
    )
    return found


async def of_person(school_id: UUID, person_id: UUID, finished_after: datetime) -> list[Any]:
    """This person's bundles, newest first."""
    return await db.fetch(f"{BUNDLE} order by b.asked_at desc, b.id desc", school_id, person_id, finished_after)


async def one(school_id: UUID, person_id: UUID, finished_after: datetime, bundle_id: UUID) -> Any | None:
    """One of this person's bundles."""
    return await db.fetchrow(f"{BUNDLE} and b.id = $4", school_id, person_id, finished_after, bundle_id)


async def remove(school_id: UUID, person_id: UUID, bundle_id: UUID) -> bool:
    """Away with it and with everything that was made of it; a worker that is at it finds it gone."""
    return bool(
        await db.execute(
            "delete from bundle where school_id = $1 and asked_by = $2 and id = $3", school_id, person_id, bundle_id
        )
    )


async def made(school_id: UUID, bundle_id: UUID) -> list[Any]:
    """What is in a finished bundle."""
    return await db.fetch(
        """select student_id, reading, share_id, shown from bundle_student
            where school_id = $1 and bundle_id = $2 and state = 'set' order by place""",
        school_id,
        bundle_id,
    )


async def piece(school_id: UUID, bundle_id: UUID, number: int) -> bytes | None:
    """A piece of the finished file, counted from 0; None behind the last one."""
    found: bytes | None = await db.fetchval(
        "select body from bundle_piece where school_id = $1 and bundle_id = $2 and number = $3",
        school_id,
        bundle_id,
        number,
    )
    return found


async def clear(school_id: UUID, finished_before: datetime) -> int:
    """Delete what was kept long enough."""
    return await db.execute("delete from bundle where school_id = $1 and finished_at < $2", school_id, finished_before)


async def forget(school_id: UUID, person_ids: Sequence[UUID]) -> int:
    """Delete every bundle that one of these people asked for, or that has one of them in it."""
    return await db.execute(
        """delete from bundle b
            where b.school_id = $1
              and (b.asked_by = any($2::uuid[]) or b.student_id = any($2::uuid[])
                   or exists (select 1 from bundle_student s
                               where s.school_id = $1 and s.bundle_id = b.id and s.student_id = any($2::uuid[])))""",
        school_id,
        list(person_ids),
    )


# --- for the worker -------------------------------------------------------------------------------------------------------


async def claim(lease: timedelta) -> Any | None:
    """The next bundle of any school that has to be worked on: school_id, id, tries."""
    return await db.fetchrow("select * from bundle_claim($1)", lease)


async def hold(school_id: UUID, bundle_id: UUID) -> Any | None:
    """The bundle, for this transaction alone, as long as it is not finished and not stopped."""
    return await db.fetchrow(
        """select round_id, asked_by, kind, form, sort, scope, student_id, group_id, year, language, state, total, done, left_out
             from bundle where school_id = $1 and id = $2 and state in ('waiting', 'making') for update""",
        school_id,
        bundle_id,
    )


async def lease(school_id: UUID, bundle_id: UUID, until: timedelta) -> None:
    """So long nobody else works on it."""
    await db.execute(
        "update bundle set leased_until = now() + $3::interval where school_id = $1 and id = $2",
        school_id,
        bundle_id,
        until,
    )


async def go_on(school_id: UUID, bundle_id: UUID, until: timedelta) -> None:
    """A step is done: the next one has all its tries before it."""
    await db.execute(
        "update bundle set leased_until = now() + $3::interval, tries = 1 where school_id = $1 and id = $2",
        school_id,
        bundle_id,
        until,
    )


async def named(school_id: UUID, bundle_id: UUID) -> Any:
    """What its title is made of."""
    return await db.fetchrow(
        """select b.kind, b.scope, b.year, b.language, r.name as round_name, g.title as group_title,
                  p.given_name, p.particle, p.family_name
             from bundle b
             join round r on r.school_id = b.school_id and r.id = b.round_id
             left join class_group g on g.school_id = b.school_id and g.id = b.group_id
             left join person p on p.school_id = b.school_id and p.id = b.student_id
            where b.school_id = $1 and b.id = $2""",
        school_id,
        bundle_id,
    )


async def begin(school_id: UUID, bundle_id: UUID, student_ids: Sequence[UUID]) -> None:
    """Write down whose reports will be in it, in their order."""
    await db.execute(
        """insert into bundle_student (school_id, bundle_id, place, student_id)
           select $1, $2, x.place, x.id from unnest($3::uuid[]) with ordinality x (id, place)""",
        school_id,
        bundle_id,
        list(student_ids),
    )
    await db.execute(
        "update bundle set state = 'making', total = $3 where school_id = $1 and id = $2",
        school_id,
        bundle_id,
        len(student_ids),
    )


async def waiting(school_id: UUID, bundle_id: UUID) -> list[tuple[int, UUID]]:
    """Place and id of the students whose pages are still to be made."""
    rows = await db.fetch(
        """select place, student_id from bundle_student
            where school_id = $1 and bundle_id = $2 and state = 'waiting' order by place""",
        school_id,
        bundle_id,
    )
    return [(row["place"], row["student_id"]) for row in rows]


async def settle(
    school_id: UUID, bundle_id: UUID, rows: Sequence[tuple[int, str, str, UUID | None, list[UUID]]]
) -> None:
    """Note what became of some students (place, state, reading, share_id, shown), and with it how far the bundle is."""
    await db.executemany(
        """update bundle_student set state = $4, reading = $5, share_id = $6, shown = $7
            where school_id = $1 and bundle_id = $2 and place = $3""",
        [(school_id, bundle_id, *row) for row in rows],
    )
    await db.execute(
        """update bundle b set done = s.done, left_out = s.left_out
             from (select count(*) filter (where state <> 'waiting') as done, count(*) filter (where state = 'left_out') as left_out
                     from bundle_student where school_id = $1 and bundle_id = $2) s
            where b.school_id = $1 and b.id = $2""",
        school_id,
        bundle_id,
    )


async def add_parts(school_id: UUID, bundle_id: UUID, parts: Sequence[tuple[int, bytes]]) -> None:
    """Keep pages under the place of their first student."""
    await db.executemany(
        "insert into bundle_part (school_id, bundle_id, place, body) values ($1, $2, $3, $4)",
        [(school_id, bundle_id, place, body) for place, body in parts],
    )


async def places(school_id: UUID, bundle_id: UUID) -> list[Any]:
    """Place and student of each part, in order."""
    return await db.fetch(
        """select t.place, p.given_name, p.particle, p.family_name,
                  (select min(g.title) from current_enrolment c
                     join class_group g on g.school_id = c.school_id and g.id = c.group_id
                    where c.school_id = $1 and c.person_id = p.id and c.role = 'student' and c.kind = 'home') as home_group
             from bundle_part t
             join bundle_student s on s.school_id = t.school_id and s.bundle_id = t.bundle_id and s.place = t.place
             join person p on p.school_id = s.school_id and p.id = s.student_id
            where t.school_id = $1 and t.bundle_id = $2 order by t.place""",
        school_id,
        bundle_id,
    )


async def part(school_id: UUID, bundle_id: UUID, place: int) -> bytes | None:
    """The pages that begin at this place."""
    found: bytes | None = await db.fetchval(
        "select body from bundle_part where school_id = $1 and bundle_id = $2 and place = $3",
        school_id,
        bundle_id,
        place,
    )
    return found


async def add_piece(school_id: UUID, bundle_id: UUID, number: int, body: bytes) -> None:
    """Keep a piece of the finished file."""
    await db.execute(
        "insert into bundle_piece (school_id, bundle_id, number, body) values ($1, $2, $3, $4)",
        school_id,
        bundle_id,
        number,
        body,
    )


async def finish(school_id: UUID, bundle_id: UUID, state: str, at: datetime, *, size: int = 0, error: str = "") -> None:
    """It is ready or has failed; what it was made from goes."""
    await db.execute("delete from bundle_part where school_id = $1 and bundle_id = $2", school_id, bundle_id)
    await db.execute(
        """update bundle set state = $3, finished_at = $4, size = $5, error = $6, leased_until = null
            where school_id = $1 and id = $2""",
        school_id,
        bundle_id,
        state,
        at,
        size,
        error,
    )


async def school(school_id: UUID) -> Any:
    """Name, zone, colour and picture of the school."""
    return await db.fetchrow(
        """select c.name, c.time_zone, t.accent_light, l.body as logo
             from school c
             left join school_settings t on t.school_id = c.id
             left join school_logo l on l.school_id = c.id
            where c.id = $1""",
        school_id,
    )
