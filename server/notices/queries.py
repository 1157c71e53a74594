"""All SQL about notices, their delivery and push subscriptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from server.notices.kind import Count
from server.notices.kinds import DAILY
from server.platform import db

# Who may be concerned by news about these students; teachers only where they are asked for. It narrows; the rule of the kind
# decides about each of them.
CONCERNED = """
with student as (select distinct s.id from unnest($2::uuid[]) s (id))
select s.id as student_id, s.id as person_id, 'student' as relation from student s
 union
select s.id, g.guardian_id, 'guardian'
  from student s join guardianship g on g.school_id = $1 and g.student_id = s.id and g.ended_on is null
 union
select s.id, te.person_id, case se.kind when 'home' then 'mentor' else 'teacher' end
  from student s
  join current_enrolment se on se.school_id = $1 and se.person_id = s.id and se.role = 'student'
  join current_enrolment te on te.school_id = se.school_id and te.group_id = se.group_id and te.role = 'teacher'
 where $3::boolean
"""

# The same for news about a round: who rates in it, and who mentors its students.
RATERS = """
select distinct c.person_id from current_enrolment c
 where c.school_id = $1 and c.role = 'teacher'
   and c.group_id in (select e.group_id from expected_pair e
                       where e.school_id = $1 and e.round_id = $2 and e.state = 'expected')
 union
select i.person_id from round_stand_in i where i.school_id = $1 and i.round_id = $2
"""

ROUND_MENTORS = """
select distinct te.person_id
  from current_enrolment se
  join current_enrolment te on te.school_id = se.school_id and te.group_id = se.group_id and te.role = 'teacher'
 where se.school_id = $1 and se.role = 'student' and se.kind = 'home'
   and se.person_id in (select e.student_id from expected_pair e where e.school_id = $1 and e.round_id = $2)
"""

WRITTEN = """f.school_id = e.school_id and f.round_id = e.round_id and f.student_id = e.student_id and f.group_id = e.group_id"""
OPEN_UNDONE = f"""
  from expected_pair e
  left join feedback f on {WRITTEN}
 where e.school_id = $1 and e.round_id = $2 and e.state = 'expected' and not coalesce(f.complete, false)
   and (r.only_groups is null or e.group_id = any(r.only_groups))
"""
MENTORED = """
select se.person_id from current_enrolment te
  join current_enrolment se on se.school_id = te.school_id and se.group_id = te.group_id and se.role = 'student'
 where te.school_id = $1 and te.person_id = $3 and te.role = 'teacher' and te.kind = 'home'
"""
SHARED = "s.school_id = $1 and s.round_id = $2 and s.recalled_at is null"

# What is counted for $3 in round $2; $4 is when a plan was to be there.
COUNTS: Final[Mapping[Count, str]] = {
    Count.TO_RATE: f"""select count(distinct e.student_id) {OPEN_UNDONE}
        and e.group_id in (select c.group_id from current_enrolment c
                            where c.school_id = $1 and c.person_id = $3 and c.role = 'teacher'
                            union all
                           select i.group_id from round_stand_in i
                            where i.school_id = $1 and i.round_id = $2 and i.person_id = $3)""",
    Count.LEFT: f"select count(*) {OPEN_UNDONE}",
    Count.TO_SHARE: f"""select count(distinct e.student_id) from expected_pair e
        join feedback f on {WRITTEN} and f.stoplight is not null
       where e.school_id = $1 and e.round_id = $2 and e.student_id in ({MENTORED})
         and not exists (select 1 from report_share s where {SHARED} and s.student_id = e.student_id)""",
    Count.WITHOUT_PLAN: f"""select count(*) from
        (select s.student_id from report_share s where {SHARED} and s.student_id in ({MENTORED})
          group by s.student_id having min(s.shared_at) <= $4) shared
       where not exists (select 1 from plan p where p.school_id = $1 and p.round_id = $2
                            and p.student_id = shared.student_id and p.state in ('handed_in', 'concluded'))""",
}

# --- the outbox -------------------------------------------------------------------------------------------------------


async def claim_news(limit: int, lease: timedelta) -> list[Any]:
    """Take due outbox rows of all schools for `lease`; oldest first."""
    return await db.fetch("select * from outbox_claim($1, $2) order by id", limit, lease)


async def still_undone(school_id: UUID, outbox_ids: Sequence[UUID]) -> list[UUID]:
    """Lock outbox rows, always in one order; those that nobody else did meanwhile."""
    rows = await db.fetch(
        "select id from outbox where school_id = $1 and id = any($2::uuid[]) and done_at is null order by id for update",
        school_id,
        list(outbox_ids),
    )
    return [row["id"] for row in rows]


async def done(school_id: UUID, outbox_ids: Sequence[UUID]) -> None:
    """Mark outbox rows as done."""
    await db.execute(
        "update outbox set done_at = now(), leased_until = null where school_id = $1 and id = any($2::uuid[]) and done_at is null",
        school_id,
        list(outbox_ids),
    )


async def put_back(school_id: UUID, outbox_id: UUID, wait: timedelta) -> None:
    """Let an outbox row that failed come again after `wait`."""
    await db.execute(
        "update outbox set due_at = now() + $3::interval, leased_until = null where school_id = $1 and id = $2 and done_at is null",
        school_id,
        outbox_id,
        wait,
    )


# --- notices ----------------------------------------------------------------------------------------------------------


async def concerned(school_id: UUID, student_ids: Sequence[UUID], *, teachers: bool) -> list[Any]:
    """Who may be concerned by news about these students today: student_id, person_id and relation, a person maybe several times."""
    return await db.fetch(CONCERNED, school_id, list(student_ids), teachers)


async def raters(school_id: UUID, round_id: UUID) -> list[UUID]:
    """Who rates in this round today."""
    async with db.whole_school():
        return [row["person_id"] for row in await db.fetch(RATERS, school_id, round_id)]


async def round_mentors(school_id: UUID, round_id: UUID) -> list[UUID]:
    """Who mentors students of this round today."""
    async with db.whole_school():
        return [row["person_id"] for row in await db.fetch(ROUND_MENTORS, school_id, round_id)]


async def with_role(school_id: UUID, role: str) -> list[UUID]:
    """Who has a role at this school. It narrows; the rule of the kind decides."""
    rows = await db.fetch("select person_id from person_role where school_id = $1 and role = $2", school_id, role)
    return [row["person_id"] for row in rows]


async def round_news(school_id: UUID, round_id: UUID, person_id: UUID, count: Count, plans_by: datetime) -> Any | None:
    """A round with what is counted in it for one person; None: this school has no such round."""
    # Each statement has the same parameters, whatever it counts.
    return await db.fetchrow(
        f"""select r.name, r.state, r.sharing, r.mentors_watch, r.only_groups, r.required, r.deadline, r.words,
                   ({COUNTS[count]}) as number
              from round r
             where r.school_id = $1 and r.id = $2 and $3::uuid is not null and $4::timestamptz is not null""",
        school_id,
        round_id,
        person_id,
        plans_by,
    )


@dataclass(frozen=True, slots=True)
class Telling:
    """One notice to make. Deliveries are due at `due_at`, or at once."""

    person_id: UUID
    ids: str
    dedupe_key: str
    due_at: datetime | None
    push: bool
    mail: bool
    in_digest: bool


async def tell(school_id: UUID, kind: str, tellings: Sequence[Telling], made_at: datetime) -> set[tuple[UUID, str]]:
    """Make notices of one kind, each with a delivery for each device and one by mail. Person and `dedupe_key` of those made: who
    has a notice already gets no second one. No two of `tellings` have both alike."""
    # Also for the checks behind the foreign keys: whoever comes first in a session has them planned.
    async with db.by_key():
        rows = await db.fetch(
            """with asked as (
                 select * from unnest($3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::boolean[], $8::boolean[], $9::boolean[])
                      a (person_id, ids, dedupe_key, due_at, push, mail, in_digest)),
               made as (
                 insert into notice (school_id, person_id, kind, ids, dedupe_key, created_at, in_digest)
                 select $1, a.person_id, $2, a.ids::jsonb, a.dedupe_key, $10, a.in_digest from asked a
                 on conflict (school_id, person_id, dedupe_key) do nothing returning id, person_id, dedupe_key),
               told as (
                 select m.id, m.person_id, a.push, a.mail, coalesce(a.due_at, now()) as due_at
                   from made m join asked a on a.person_id = m.person_id and a.dedupe_key = m.dedupe_key),
               pushed as (
                 insert into delivery (school_id, notice_id, channel, subscription_id, next_try_at)
                 select $1, t.id, 'push', s.id, t.due_at
                   from told t join push_subscription s on s.school_id = $1 and s.person_id = t.person_id where t.push),
               mailed as (
                 insert into delivery (school_id, notice_id, channel, next_try_at)
                 select $1, t.id, 'mail', t.due_at
                   from told t join person p on p.school_id = $1 and p.id = t.person_id and p.email <> '' where t.mail)
               select person_id, dedupe_key from made""",
            school_id,
            kind,
            [each.person_id for each in tellings],
            [each.ids for each in tellings],
            [each.dedupe_key for each in tellings],
            [each.due_at for each in tellings],
            [each.push for each in tellings],
            [each.mail for each in tellings],
            [each.in_digest for each in tellings],
            made_at,
        )
    return {(row["person_id"], row["dedupe_key"]) for row in rows}


async def tell_daily(
    school_id: UUID, person_id: UUID, ids: str, dedupe_key: str, due_at: datetime, *, push: bool, mail: bool
) -> None:
    """The person's digest of one day, due at `due_at`. Again for the same day: only devices that came meanwhile."""
    await db.execute(
        f"""with made as (
             insert into notice (school_id, person_id, kind, ids, dedupe_key, read_at) values ($1, $2, '{DAILY}', $3, $4, now())
             on conflict (school_id, person_id, dedupe_key) do nothing returning id),
           daily as (
             select id from made
              union all
             select id from notice where school_id = $1 and person_id = $2 and dedupe_key = $4),
           pushed as (
             insert into delivery (school_id, notice_id, channel, subscription_id, next_try_at)
             select $1, d.id, 'push', s.id, $5
               from daily d join push_subscription s on s.school_id = $1 and s.person_id = $2 where $6
             on conflict do nothing)
           insert into delivery (school_id, notice_id, channel, next_try_at)
           select $1, d.id, 'mail', $5 from daily d join person p on p.school_id = $1 and p.id = $2 and p.email <> '' where $7
           on conflict do nothing""",
        school_id,
        person_id,
        ids,
        dedupe_key,
        due_at,
        push,
        mail,
    )


async def for_daily(school_id: UUID, person_id: UUID, daily_id: UUID) -> list[Any]:
    """What came in for the day's digest and was not read: since the last digest that was sent."""
    return await db.fetch(
        f"""select n.id, n.person_id, n.kind, n.ids from notice n
            where n.school_id = $1 and n.person_id = $2 and n.in_digest and n.read_at is null and n.withdrawn_at is null
              and n.created_at > coalesce(
                    (select max(d.sent_at) from notice o join delivery d on d.school_id = o.school_id and d.notice_id = o.id
                      where o.school_id = $1 and o.person_id = $2 and o.kind = '{DAILY}' and o.id <> $3), '-infinity')
            order by n.id""",
        school_id,
        person_id,
        daily_id,
    )


async def bring_back(school_id: UUID, person_id: UUID, kind: str, prefix: str, since: datetime) -> bool:
    """Show a notice of this kind and subject that was made after `since` as unread again; False when there is none."""
    return bool(
        await db.execute(
            """update notice set read_at = null
                where school_id = $1 and person_id = $2 and kind = $3 and starts_with(dedupe_key, $4)
                  and withdrawn_at is null and created_at > $5""",
            school_id,
            person_id,
            kind,
            prefix,
            since,
        )
    )


async def withdraw_share(school_id: UUID, share_id: UUID) -> None:
    """Take back the notices of a shared version, and drop what was not sent yet."""
    rows = await db.fetch(
        """update notice set withdrawn_at = now()
            where school_id = $1 and kind = 'report.shared' and ids ->> 'share' = $2::text and withdrawn_at is null returning id""",
        school_id,
        str(share_id),
    )
    await _drop(school_id, [row["id"] for row in rows], "recalled")


async def withdraw(school_id: UUID, notice_ids: Sequence[UUID], code: str) -> None:
    """Take back notices whose permission ended, and drop what was not sent yet."""
    await db.execute(
        "update notice set withdrawn_at = now() where school_id = $1 and id = any($2::uuid[]) and withdrawn_at is null",
        school_id,
        list(notice_ids),
    )
    await _drop(school_id, notice_ids, code)


async def _drop(school_id: UUID, notice_ids: Sequence[UUID], code: str) -> None:
    await db.execute(
        """update delivery set state = 'dropped', last_error = $3, leased_until = null
            where school_id = $1 and notice_id = any($2::uuid[]) and state = 'waiting'""",
        school_id,
        list(notice_ids),
        code,
    )


async def latest(school_id: UUID, person_id: UUID, limit: int) -> list[Any]:
    """A person's notices, newest first."""
    return await db.fetch(
        f"""select id, kind, ids, created_at, read_at from notice
            where school_id = $1 and person_id = $2 and withdrawn_at is null and kind <> '{DAILY}'
            order by created_at desc, id desc limit $3""",
        school_id,
        person_id,
        limit,
    )


async def mark_read(school_id: UUID, person_id: UUID, notice_ids: Sequence[UUID] | None) -> int:
    """Mark some or all of a person's notices as read; how many are unread now."""
    await db.execute(
        """update notice set read_at = now()
            where school_id = $1 and person_id = $2 and read_at is null and ($3::uuid[] is null or id = any($3))""",
        school_id,
        person_id,
        None if notice_ids is None else list(notice_ids),
    )
    unread: int = await db.fetchval(
        "select count(*) from notice where school_id = $1 and person_id = $2 and read_at is null and withdrawn_at is null",
        school_id,
        person_id,
    )
    return unread


# --- deliveries -------------------------------------------------------------------------------------------------------


async def add_letter(school_id: UUID, what: str, thing_id: UUID) -> None:
    """One delivery by mail of an `invitation` or a `code`."""
    await db.execute(
        f"""insert into delivery (school_id, channel, {what}_id) values ($1, 'mail', $2)
            on conflict (school_id, {what}_id) where {what}_id is not null do nothing""",
        school_id,
        thing_id,
    )
