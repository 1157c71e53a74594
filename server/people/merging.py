"""Two records of one human being become one: every reference to a person, and what becomes of it.

What somebody did and what is kept about them goes over to the record that stays; what says who was signed in when the thing
happened stays as it was. A test compares the lists below with the database's own, so that no new table is forgotten.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import UUID

from server.platform import db

MOVES: Final = (
    ("feedback", "author_id"),
    ("feedback_history", "author_id"),
    ("late_write", "author_id"),
    ("mentor_message", "author_id"),
    ("mentor_message", "student_id"),
    ("mentor_message_history", "author_id"),
    ("report_share", "shared_by"),
    ("report_share", "student_id"),
    ("plan", "student_id"),
    ("agreement", "student_id"),
    ("agreement", "owner_id"),
    ("agreement", "created_by"),
    ("agreement_history", "author_id"),
    ("round", "created_by"),
    ("round_template", "created_by"),
    ("decision", "student_id"),
    ("decision", "created_by"),
    ("decision_history", "author_id"),
    ("access_log", "student_id"),
    ("person", "merged_into"),
)
"""Columns that simply name the other person from now on."""

JOINS: Final = (
    ("expected_pair", "student_id"),
    ("person_role", "person_id"),
    ("enrolment", "person_id"),
    ("guardianship", "student_id"),
    ("guardianship", "guardian_id"),
    ("leader_scope", "person_id"),
    ("set_aside", "person_id"),
    ("round_stand_in", "person_id"),
    ("report_read", "person_id"),
)
"""Columns in which the other person may stand already; `_join` has a statement for each."""

ENDS: Final = (("session", "person_id"), ("push_subscription", "person_id"))
"""What is of the record that goes: nobody is signed in as it any more."""

STAYS: Final = (
    ("roster_import", "imported_by"),
    ("request_key", "person_id"),
    ("notice", "person_id"),
    ("access_log", "viewer_id"),
    ("audit_log", "person_id"),
    ("device_secret", "person_id"),
    ("roster_import", "undone_by"),
    ("roster_source", "asked_by"),
    ("roster_upload", "uploaded_by"),
    ("roster_upload", "applied_by"),
    ("account", "person_id"),
    ("account", "bound_by"),
    ("account_clash", "settled_by"),
    ("passkey", "person_id"),
    ("invitation", "person_id"),
    ("invitation", "made_by"),
    ("notice_preference", "person_id"),
    ("nudge", "person_id"),
    ("nudge", "asked_by"),
    ("round_stand_in", "given_by"),
    ("bundle", "asked_by"),
    ("bundle", "student_id"),
    ("bundle_student", "student_id"),
)
"""What tells who it was at the time, and what is no use to anybody else. Accounts and passkeys stay too, and lead to the record
that goes on (`queries.goes_on_as`): the school's provider knows nothing of our two."""

COLLISIONS: Final = {
    "feedback": """select exists (select 1 from feedback a join feedback b
                     on b.school_id = a.school_id and b.round_id = a.round_id and b.group_id = a.group_id
                    where a.school_id = $1 and a.student_id = $2 and b.student_id = $3)""",
    "late": """select exists (select 1 from late_write a join late_write b
                 on b.school_id = a.school_id and b.round_id = a.round_id and b.group_id = a.group_id
                and (b.student_id = a.student_id and a.author_id = $2 and b.author_id = $3
                     or b.author_id = a.author_id and a.student_id = $2 and b.student_id = $3)
              where a.school_id = $1)""",
    "message": """select exists (select 1 from mentor_message a join mentor_message b
                    on b.school_id = a.school_id and b.round_id = a.round_id
                   where a.school_id = $1 and a.student_id = $2 and b.student_id = $3)""",
    "report": """select exists (select 1 from report_share a join report_share b
                   on b.school_id = a.school_id and b.round_id = a.round_id
                  where a.school_id = $1 and a.student_id = $2 and b.student_id = $3)""",
    "plan": """select exists (select 1 from plan a join plan b on b.school_id = a.school_id and b.round_id = a.round_id
                where a.school_id = $1 and a.student_id = $2 and b.student_id = $3)""",
}
"""Where both have something of which there can be one only: nobody but a person can say which of the two goes."""


def why_not(old: Any, new: Any) -> list[str]:
    """What stands in the way, from the two people alone (rows of `managing_queries.person`)."""
    found = []
    if old["merged_into"] is not None or new["merged_into"] is not None or new["left_on"] is not None:
        found.append("gone")
    if old["source"] == "roster" and old["left_on"] is None:
        # The next import would bring it back.
        found.append("in_roster")
    if ("student" in old["roles"]) != ("student" in new["roles"]):
        found.append("other_kind")
    return found


async def collisions(school_id: UUID, old: UUID, new: UUID) -> list[str]:
    """What both have, where there can be one only."""
    return [name for name, sql in COLLISIONS.items() if await db.fetchval(sql, school_id, old, new)]


async def merge(school_id: UUID, old: UUID, new: UUID, day: date) -> None:
    """Everything of `old` becomes that of `new`, and `old` ends. Runs in the school's transaction, after `collisions`."""
    await _join(school_id, old, new, day)
    for table, column in MOVES:
        await db.execute(
            f"update {table} set {column} = $3 where school_id = $1 and {column} = $2", school_id, old, new
        )
    await db.execute(
        """update feedback set written_by = array(select distinct case when who = $2 then $3 else who end
                                                    from unnest(written_by) as who)
            where school_id = $1 and $2 = any(written_by)""",
        school_id,
        old,
        new,
    )
    await db.execute(
        "update session set ended_at = now() where school_id = $1 and person_id = $2 and ended_at is null",
        school_id,
        old,
    )
    await db.execute("delete from push_subscription where school_id = $1 and person_id = $2", school_id, old)
    await db.execute(
        """update person new set birth_date = coalesce(new.birth_date, old.birth_date),
                                 email = case new.email when '' then old.email else new.email end, updated_at = now()
             from person old where new.school_id = $1 and old.school_id = $1 and old.id = $2 and new.id = $3""",
        school_id,
        old,
        new,
    )
    await db.execute(
        """update person set merged_into = $3, left_on = coalesce(left_on, $4), updated_at = now()
            where school_id = $1 and id = $2""",
        school_id,
        old,
        new,
        day,
    )


async def _join(school_id: UUID, old: UUID, new: UUID, day: date) -> None:
    three = (school_id, old, new)
    # Pairs come before what is written about them, and go after it.
    await db.execute(
        """insert into expected_pair (school_id, round_id, student_id, group_id, state, until)
           select school_id, round_id, $3, group_id, state, until from expected_pair where school_id = $1 and student_id = $2
           on conflict (school_id, round_id, student_id, group_id) do nothing""",
        *three,
    )
    await db.execute("update feedback set student_id = $3 where school_id = $1 and student_id = $2", *three)
    await db.execute("update late_write set student_id = $3 where school_id = $1 and student_id = $2", *three)
    await db.execute("delete from expected_pair where school_id = $1 and student_id = $2", school_id, old)
    await db.execute(
        """insert into person_role (school_id, person_id, role, source)
           select school_id, $3, role, 'manual' from person_role where school_id = $1 and person_id = $2 and source = 'manual'
           on conflict (school_id, person_id, role) do nothing""",
        *three,
    )
    await db.execute(
        "delete from person_role where school_id = $1 and person_id = $2 and source = 'manual'", school_id, old
    )
    await db.execute(
        """update enrolment e set person_id = $3
            where e.school_id = $1 and e.person_id = $2 and e.source = 'manual' and e.ended_on is null
              and not exists (select 1 from enrolment n where n.school_id = $1 and n.person_id = $3 and n.group_id = e.group_id
                                 and n.role = e.role and n.ended_on is null)""",
        *three,
    )
    await db.execute(
        "update enrolment set ended_on = $3 where school_id = $1 and person_id = $2 and ended_on is null",
        school_id,
        old,
        day,
    )
    for one, other in (("student_id", "guardian_id"), ("guardian_id", "student_id")):
        # Whoever kept one of the two out meant the human being.
        await db.execute(
            f"""insert into guardianship (school_id, {one}, {other}, barred, source)
                select school_id, $3, {other}, barred, 'manual' from guardianship
                 where school_id = $1 and {one} = $2 and ended_on is null
                on conflict (school_id, student_id, guardian_id)
                do update set ended_on = null""",
            *three,
        )
        await db.execute(
            f"""update guardianship n set barred = true from guardianship o
                 where n.school_id = $1 and o.school_id = $1 and o.{one} = $2 and n.{one} = $3 and n.{other} = o.{other}
                   and o.barred""",
            *three,
        )
        await db.execute(
            f"update guardianship set ended_on = $3 where school_id = $1 and {one} = $2 and ended_on is null",
            school_id,
            old,
            day,
        )
    for table in ("leader_scope", "set_aside"):
        await db.execute(
            f"""insert into {table} (school_id, person_id, group_id)
                select school_id, $3, group_id from {table} where school_id = $1 and person_id = $2
                on conflict do nothing""",
            *three,
        )
        await db.execute(f"delete from {table} where school_id = $1 and person_id = $2", school_id, old)
    await db.execute(
        """insert into round_stand_in (school_id, round_id, group_id, person_id, given_by, given_at)
           select school_id, round_id, group_id, $3, given_by, given_at from round_stand_in
            where school_id = $1 and person_id = $2
           on conflict (school_id, round_id, group_id, person_id) do nothing""",
        *three,
    )
    await db.execute("delete from round_stand_in where school_id = $1 and person_id = $2", school_id, old)
    await db.execute(
        """update report_read r set person_id = $3
            where r.school_id = $1 and r.person_id = $2
              and not exists (select 1 from report_read n where n.school_id = $1 and n.share_id = r.share_id and n.person_id = $3)""",
        *three,
    )
