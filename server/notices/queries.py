"""All SQL about notices, their delivery and push subscriptions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from server.platform import db

# Who may be concerned by news about a student. It narrows; the rule of the kind decides about each of them.
CONCERNED = """
select $2::uuid as person_id, 'student' as relation
 union
select g.guardian_id, 'guardian' from guardianship g
 where g.school_id = $1 and g.student_id = $2 and g.ended_on is null
 union
select te.person_id, case se.kind when 'home' then 'mentor' else 'teacher' end
  from current_enrolment se
  join current_enrolment te on te.school_id = se.school_id and te.group_id = se.group_id
 where se.school_id = $1 and se.person_id = $2 and se.role = 'student' and te.role = 'teacher'
"""

# --- the outbox -------------------------------------------------------------------------------------------------------


async def claim_news(limit: int, lease: timedelta) -> list[Any]:
    """Take due outbox rows of all schools for `lease`; oldest first."""
    return await db.fetch("select * from outbox_claim($1, $2) order by id", limit, lease)


async def still_undone(school_id: UUID, outbox_id: UUID) -> bool:
    """Lock one outbox row; False when somebody else did it meanwhile."""
    found = await db.fetchval(
        "select true from outbox where school_id = $1 and id = $2 and done_at is null for update", school_id, outbox_id
    )
    return bool(found)


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


async def concerned(school_id: UUID, student_id: UUID) -> list[Any]:
    """Who may be concerned by news about this student today: person_id and relation, a person maybe several times."""
    return await db.fetch(CONCERNED, school_id, student_id)


async def add(school_id: UUID, person_id: UUID, kind: str, ids: str, dedupe_key: str) -> UUID | None:
    """Make a notice; None when this person has it already."""
    found: UUID | None = await db.fetchval(
        """insert into notice (school_id, person_id, kind, ids, dedupe_key) values ($1, $2, $3, $4, $5)
           on conflict (school_id, person_id, dedupe_key) do nothing returning id""",
        school_id,
        person_id,
        kind,
        ids,
        dedupe_key,
    )
    return found


async def bring_back(school_id: UUID, person_id: UUID, kind: str, prefix: str, within: timedelta) -> bool:
    """Show a notice of this kind and subject that is younger than `within` as unread again; False when there is none."""
    return bool(
        await db.execute(
            """update notice set read_at = null
                where school_id = $1 and person_id = $2 and kind = $3 and starts_with(dedupe_key, $4)
                  and withdrawn_at is null and created_at > now() - $5::interval""",
            school_id,
            person_id,
            kind,
            prefix,
            within,
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
        """select id, kind, ids, created_at, read_at from notice
            where school_id = $1 and person_id = $2 and withdrawn_at is null order by created_at desc, id desc limit $3""",
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


async def add_pushes(school_id: UUID, person_id: UUID, notice_id: UUID) -> None:
    """One delivery for each device of the person."""
    await db.execute(
        """insert into delivery (school_id, notice_id, channel, subscription_id)
           select school_id, $3, 'push', id from push_subscription where school_id = $1 and person_id = $2
           on conflict do nothing""",
        school_id,
        person_id,
        notice_id,
    )


async def add_mail(school_id: UUID, person_id: UUID, notice_id: UUID) -> None:
    """One delivery by mail, if the person has an address."""
    await db.execute(
        """insert into delivery (school_id, notice_id, channel)
           select school_id, $3, 'mail' from person where school_id = $1 and id = $2 and email <> ''
           on conflict do nothing""",
        school_id,
        person_id,
        notice_id,
    )


async def add_letter(school_id: UUID, what: str, thing_id: UUID) -> None:
    """One delivery by mail of an `invitation` or a `code`."""
    await db.execute(
        f"""insert into delivery (school_id, channel, {what}_id) values ($1, 'mail', $2)
            on conflict (school_id, {what}_id) where {what}_id is not null do nothing""",
        school_id,
        thing_id,
    )
