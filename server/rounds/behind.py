"""Who is behind in a round that is open, when it reminds of its deadline, and whether all is there. Counts, never texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from server.platform import db

# Everybody who teaches a group that can be written in, or stands in for who does, with the number of students who miss
# something of theirs. The authors of a group are behind together: one complete feedback completes the pair.
BEHIND = """
with open_pairs as (
  select e.student_id, e.group_id, coalesce(f.complete, false) as complete
    from round r
    join expected_pair e on e.school_id = r.school_id and e.round_id = r.id and e.state = 'expected'
                        and (r.only_groups is null or e.group_id = any(r.only_groups))
    left join feedback f on f.school_id = e.school_id and f.round_id = e.round_id and f.student_id = e.student_id
                        and f.group_id = e.group_id
   where r.school_id = $1 and r.id = $2 and r.state = 'open')
select c.person_id, count(distinct o.student_id) filter (where not o.complete) as to_do
  from open_pairs o
  join (select t.group_id, t.person_id from current_enrolment t where t.school_id = $1 and t.role = 'teacher'
         union
        select i.group_id, i.person_id from round_stand_in i where i.school_id = $1 and i.round_id = $2) c
    on c.group_id = o.group_id
  join person p on p.school_id = $1 and p.id = c.person_id and p.enabled and p.left_on is null and p.disabled_at is null
 group by c.person_id order by c.person_id
"""

COMPLETE = """
select exists(select 1 from expected_pair e join round r on r.school_id = e.school_id and r.id = e.round_id
               where e.school_id = $1 and e.round_id = $2 and e.state = 'expected'
                 and (r.only_groups is null or e.group_id = any(r.only_groups)))
   and not exists(select 1 from expected_pair e
                    join round r on r.school_id = e.school_id and r.id = e.round_id
                    left join feedback f on f.school_id = e.school_id and f.round_id = e.round_id
                                        and f.student_id = e.student_id and f.group_id = e.group_id
                   where e.school_id = $1 and e.round_id = $2 and e.state = 'expected' and not coalesce(f.complete, false)
                     and (r.only_groups is null or e.group_id = any(r.only_groups)))
"""

# A round that somebody is changing at this moment is looked at a minute later, and one whose closing time has come is left to
# its closing. The lock does not hinder who saves feedback.
OPEN = """
select id, deadline, reminders, reminded_until, complete_at from round
 where school_id = $1 and state = 'open' and (closes_at is null or closes_at > $2) order by id for no key update skip locked
"""


@dataclass(frozen=True, slots=True)
class OpenRound:
    """A round that is open, wholly or for some groups. `told_until`: what came due up to then was told or does not count."""

    id: UUID
    deadline: datetime
    reminders: list[int]
    told_until: datetime
    complete_at: datetime | None


async def to_do(school_id: UUID, round_id: UUID) -> dict[UUID, int]:
    """For everybody who writes in the round: how many students still miss something of theirs. Empty: the round is not open."""
    async with db.whole_school():
        rows = await db.fetch(BEHIND, school_id, round_id)
    return {row["person_id"]: row["to_do"] for row in rows}


async def complete(school_id: UUID, round_id: UUID) -> bool:
    """Is all feedback there that is asked for in the groups that are open?"""
    return bool(await db.fetchval(COMPLETE, school_id, round_id))


async def open_rounds(school_id: UUID, now: datetime) -> list[OpenRound]:
    """The rounds to look at, held until the transaction ends, so that two workers never tell the same."""
    rows: list[Any] = await db.fetch(OPEN, school_id, now)
    return [
        OpenRound(row["id"], row["deadline"], row["reminders"], row["reminded_until"], row["complete_at"])
        for row in rows
    ]


async def told(school_id: UUID, round_id: UUID, until: datetime) -> None:
    """What came due up to `until` has been told. No new version: nobody edited the round."""
    await db.execute(
        "update round set reminded_until = $3 where school_id = $1 and id = $2", school_id, round_id, until
    )


async def told_complete(school_id: UUID, round_id: UUID, at: datetime | None) -> None:
    """That all is there has been told, or is no news; None: it will be news."""
    await db.execute("update round set complete_at = $3 where school_id = $1 and id = $2", school_id, round_id, at)
