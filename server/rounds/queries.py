"""All SQL about rounds themselves; who is expected to rate whom is in pairs.py."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from server.platform import db
from server.rounds.schemas import Audience, RequiredRules, RoundBody, RoundWords, YearRules
from server.rounds.tables import Round

COLUMNS = """r.id, r.name, r.explanation, r.state, r.deadline, r.opens_at, r.closes_at, r.opened_at, r.closed_at,
 r.mentors_watch, r.sharing, r.required, r.audience, r.only_groups, r.based_on, r.version, r.reminders,
 r.required_by_year, r.words"""

COUNTS = """
select e.round_id, count(*) as total, count(*) filter (where f.complete) as done
  from expected_pair e
  left join feedback f on f.school_id = e.school_id and f.round_id = e.round_id and f.student_id = e.student_id
                      and f.group_id = e.group_id
 where e.school_id = $1 and e.state = 'expected' group by e.round_id
"""

# All counts of a round: per teaching group, and per home group of today (null: students without one). Pairs come from indexes alone, in the
# order in which they are counted, and nothing is joined pair by pair: a whole school is thirteen thousand of them.
PROGRESS = """
with gone as materialized (
  select e.student_id, e.group_id from expected_pair e
   where e.school_id = $1 and e.round_id = $2 and e.state <> 'expected'
), ended as materialized (
  select group_id, student_id, count(*) as total from gone group by grouping sets ((group_id), (student_id))
), written as materialized (
  select f.group_id, f.student_id, count(*) filter (where f.complete) as done, count(*) filter (where not f.complete) as incomplete
    from feedback f
   where f.school_id = $1 and f.round_id = $2 and (f.complete or f.stoplight is not null)
     and not exists (select 1 from gone n where n.student_id = f.student_id and n.group_id = f.group_id)
   group by grouping sets ((f.group_id), (f.student_id))
), by_group as (
  select e.group_id, count(*) as total from expected_pair e where e.school_id = $1 and e.round_id = $2 group by e.group_id
), by_student as (
  select e.student_id, count(*) as total from expected_pair e where e.school_id = $1 and e.round_id = $2 group by e.student_id
), home as (
  select distinct on (c.person_id) c.person_id, g.id, g.title, g.sort_key, g.level, g.year
    from class_group g
    join current_enrolment c on c.school_id = g.school_id and c.group_id = g.id
   where g.school_id = $1 and g.kind = 'home' and c.role = 'student'
     and c.group_id = any(array(select h.id from class_group h where h.school_id = $1 and h.kind = 'home'))
   order by c.person_id, g.title, g.id
)
select true as teaching, g.id, g.title, coalesce(s.name, '') as subject, '' as level, null::int as year, 0 as students,
       coalesce(w.done, 0) as done, coalesce(w.incomplete, 0) as incomplete, p.total - coalesce(n.total, 0) as total, g.sort_key
  from by_group p
  left join ended n on n.group_id = p.group_id
  left join written w on w.group_id = p.group_id
  join class_group g on g.school_id = $1 and g.id = p.group_id
  left join subject s on s.school_id = g.school_id and s.id = g.subject_id
 union all
select false, h.id, coalesce(h.title, ''), '', coalesce(h.level, ''), h.year, count(*),
       coalesce(sum(w.done), 0)::bigint, coalesce(sum(w.incomplete), 0)::bigint, sum(p.total - coalesce(n.total, 0))::bigint, h.sort_key
  from by_student p
  left join ended n on n.student_id = p.student_id
  left join written w on w.student_id = p.student_id
  left join home h on h.person_id = p.student_id
 where p.total > coalesce(n.total, 0)
 group by h.id, h.title, h.sort_key, h.level, h.year
 order by sort_key, title, id
"""

# The groups of a round that lie in the scope of a leader ($3): home groups as such, a teaching group when all its students do.
SCOPE = """
select l.group_id from leader_scope l where l.school_id = $1 and l.person_id = $3
 union all
select e.group_id from expected_pair e where e.school_id = $1 and e.round_id = $2 group by e.group_id
having bool_and(e.student_id in (select c.person_id from leader_scope l
                                   join current_enrolment c on c.school_id = l.school_id and c.group_id = l.group_id
                                                           and c.role = 'student'
                                  where l.school_id = $1 and l.person_id = $3))
"""

# The authors of these groups ($3) today, by family name: which of them (counted from 0) each teaches first, which beside others, and in
# which each stands in for this round. One row a person and numbers for groups: a school has five times as many groups as authors.
AUTHORS = """
with asked as materialized (
  select id, place::integer - 1 as place from unnest($3::uuid[]) with ordinality as g (id, place)
), author as materialized (
  select a.place, c.person_id, case when bool_or(c.is_primary) then 1 else 2 end as kind
    from current_enrolment c
    join asked a on a.id = c.group_id
   where c.school_id = $1 and c.role = 'teacher'
   group by a.place, c.person_id
   union all
  select a.place, i.person_id, 3
    from round_stand_in i
    join asked a on a.id = i.group_id
   where i.school_id = $1 and i.round_id = $2
     and not exists (select 1 from current_enrolment c where c.school_id = $1 and c.group_id = i.group_id
                        and c.person_id = i.person_id and c.role = 'teacher')
)
select p.id, p.given_name, p.particle, p.family_name,
       coalesce(array_agg(a.place) filter (where a.kind = 1), '{}') as first,
       coalesce(array_agg(a.place) filter (where a.kind = 2), '{}') as beside,
       coalesce(array_agg(a.place) filter (where a.kind = 3), '{}') as stands_in
  from author a
  join person p on p.school_id = $1 and p.id = a.person_id
 where p.id = any(array(select person_id from author))
 group by p.id
 order by p.sort_key, p.id
"""

# The students of one home group in a round. `teaches`: what $4 writes about them, as a teacher of today or as a substitute.
STUDENTS = """
with mine as materialized (
  select c.group_id from current_enrolment c where c.school_id = $1 and c.person_id = $4 and c.role = 'teacher'
   union all
  select i.group_id from round_stand_in i where i.school_id = $1 and i.round_id = $2 and i.person_id = $4)
select p.id, p.given_name, p.particle, p.family_name, p.username, g.title as home_group,
       exists(select 1 from mine m where m.group_id = $3) as mentor,
       array(select m.group_id from mine m
               join current_enrolment c on c.school_id = $1 and c.group_id = m.group_id and c.person_id = p.id
                                       and c.role = 'student' and c.kind = 'teaching') as teaches,
       count(*) as total, count(*) filter (where f.complete) as done,
       count(*) filter (where not f.complete and f.stoplight is not null) as incomplete
  from current_enrolment h
  join class_group g on g.school_id = h.school_id and g.id = h.group_id
  join person p on p.school_id = h.school_id and p.id = h.person_id
  join expected_pair e on e.school_id = h.school_id and e.round_id = $2 and e.student_id = p.id and e.state = 'expected'
  left join feedback f on f.school_id = e.school_id and f.round_id = e.round_id and f.student_id = e.student_id
                      and f.group_id = e.group_id
 where h.school_id = $1 and h.group_id = $3 and h.role = 'student' and h.kind = 'home'
 group by p.id, g.title, p.given_name, p.particle, p.family_name, p.username, p.sort_key
 order by p.sort_key, p.id
"""

IN_SCOPE = """
select exists(select 1 from leader_scope l
                join current_enrolment c on c.school_id = l.school_id and c.group_id = l.group_id and c.role = 'student'
                join expected_pair e on e.school_id = l.school_id and e.round_id = $2 and e.student_id = c.person_id
               where l.school_id = $1 and l.person_id = $3)
"""


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def by_year(rules: Sequence[YearRules]) -> str:
    """What single years are asked, as a round keeps it: an object by year."""
    return _json({str(each.year): each.required for each in rules})


async def find(school_id: UUID, round_id: UUID) -> Any | None:
    """One round, or None when this school has none such."""
    return await db.fetchrow(f"select {COLUMNS} from round r where r.school_id = $1 and r.id = $2", school_id, round_id)


async def every(school_id: UUID) -> list[Any]:
    """All rounds of the school: open, drafts, closed, archived; newest first in each."""
    return await db.fetch(
        f"""select {COLUMNS} from round r where r.school_id = $1
             order by array_position(array['open', 'draft', 'closed', 'archived'], r.state), r.deadline desc, r.id desc""",
        school_id,
    )


async def counts(school_id: UUID) -> dict[UUID, tuple[int, int]]:
    """Complete and expected feedback by round."""
    async with db.whole_school():
        rows = await db.fetch(COUNTS, school_id)
    return {row["round_id"]: (row["done"], row["total"]) for row in rows}


async def names(school_id: UUID, ids: list[UUID]) -> dict[UUID, str]:
    """Names of rounds."""
    rows = await db.fetch("select id, name from round where school_id = $1 and id = any($2::uuid[])", school_id, ids)
    return {row["id"]: row["name"] for row in rows}


async def due() -> list[Any]:
    """Rounds of all schools whose set time has come: school_id, id, act. Ids only, through a door of its own."""
    return await db.fetch("select school_id, id, act from rounds_due()")


async def open_ids(school_id: UUID) -> list[UUID]:
    """Rounds that are open, wholly or for some groups."""
    rows = await db.fetch("select id from round where school_id = $1 and state = 'open' order by id", school_id)
    return [row["id"] for row in rows]


async def closed(school_id: UUID) -> list[Any]:
    """Rounds that are closed and not archived: id, deadline and last closing."""
    return await db.fetch(
        "select id, deadline, closed_at from round where school_id = $1 and state = 'closed' order by id", school_id
    )


async def school_years(school_id: UUID) -> list[Any]:
    """First and last days of the school years that the roster names."""
    return await db.fetch("select starts_on, ends_on from academic_year where school_id = $1", school_id)


async def insert(school_id: UUID, by: UUID, body: RoundBody, created_at: datetime) -> UUID:
    """A new draft."""
    found: UUID = await db.fetchval(
        """insert into round (school_id, name, explanation, deadline, opens_at, closes_at, mentors_watch, sharing, required,
                              audience, based_on, created_by, created_at, reminders, required_by_year, words)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) returning id""",
        school_id,
        body.name,
        body.explanation,
        body.deadline,
        body.opens_at,
        body.closes_at,
        body.mentors_watch,
        body.sharing,
        _json(body.required),
        _json(body.audience),
        body.based_on,
        by,
        created_at,
        body.reminders,
        by_year(body.required_by_year),
        _json(body.words),
    )
    return found


async def change(school_id: UUID, round_id: UUID, values: Mapping[str, Any]) -> None:
    """Set columns by name and count the version up; Structs (audience, required texts, words) are stored as JSON."""
    columns: dict[Any, Any] = {
        name: _json(value) if isinstance(value, (Audience, RequiredRules, RoundWords)) else value
        for name, value in values.items()
    }
    if "required_by_year" in columns:
        columns["required_by_year"] = by_year(values["required_by_year"])
    await Round.update({**columns, Round.version: Round.version + 1}).where(
        Round.school_id == school_id, Round.id == round_id
    )


async def delete(school_id: UUID, round_id: UUID) -> None:
    """Remove a round that nothing hangs on; rounds that were made from it forget that."""
    await Round.update({Round.based_on: None}).where(Round.school_id == school_id, Round.based_on == round_id)
    await Round.delete().where(Round.school_id == school_id, Round.id == round_id)


async def progress(
    school_id: UUID, round_id: UUID, only: Collection[UUID] | None
) -> tuple[list[Any], list[Any], list[Any]]:
    """Counts per teaching group, counts per home group (null: of all), and the authors of the first in their order."""
    async with db.whole_school(planned_once=True):
        found = await db.fetch(PROGRESS, school_id, round_id)
        rows = found if only is None else [row for row in found if row["id"] in only]
        groups = [row for row in rows if row["teaching"]]
        authors = await db.fetch(AUTHORS, school_id, round_id, [row["id"] for row in groups])
    return groups, [row for row in rows if not row["teaching"]], authors


async def scope(school_id: UUID, round_id: UUID, leader_id: UUID) -> set[UUID]:
    """Home groups and teaching groups of the round that lie in this leader's scope."""
    async with db.whole_school():
        return {row["group_id"] for row in await db.fetch(SCOPE, school_id, round_id, leader_id)}


async def nudged(school_id: UUID, day: date) -> set[UUID]:
    """Who had a nudge on that day, from whichever organiser."""
    rows = await db.fetch("select person_id from nudge where school_id = $1 and day = $2", school_id, day)
    return {row["person_id"] for row in rows}


async def authors(school_id: UUID, round_id: UUID) -> set[UUID]:
    """Who writes for the groups of a round today."""
    groups = await groups_of(school_id, round_id)
    async with db.whole_school():
        return {row["id"] for row in await db.fetch(AUTHORS, school_id, round_id, list(groups))}


async def student_counts(school_id: UUID, round_id: UUID, home_group_id: UUID, viewer_id: UUID) -> list[Any]:
    """Counts per student of one home group, and what the viewer is to each of them."""
    return await db.fetch(STUDENTS, school_id, round_id, home_group_id, viewer_id)


async def in_scope(school_id: UUID, round_id: UUID, leader_id: UUID) -> bool:
    """Is the round about somebody in this leader's scope?"""
    return bool(await db.fetchval(IN_SCOPE, school_id, round_id, leader_id))


async def teaches(school_id: UUID, group_id: UUID, person_id: UUID) -> bool:
    """Does this person teach the group today?"""
    return bool(
        await db.fetchval(
            """select exists(select 1 from current_enrolment c
                              where c.school_id = $1 and c.group_id = $2 and c.person_id = $3 and c.role = 'teacher')""",
            school_id,
            group_id,
            person_id,
        )
    )


async def add_stand_in(
    school_id: UUID, round_id: UUID, group_id: UUID, person_id: UUID, by: UUID, at: datetime
) -> bool:
    """Give a group for one round; False when the person has it already."""
    return bool(
        await db.execute(
            """insert into round_stand_in (school_id, round_id, group_id, person_id, given_by, given_at)
               values ($1, $2, $3, $4, $5, $6) on conflict (school_id, round_id, group_id, person_id) do nothing""",
            school_id,
            round_id,
            group_id,
            person_id,
            by,
            at,
        )
    )


async def remove_stand_in(school_id: UUID, round_id: UUID, group_id: UUID, person_id: UUID) -> bool:
    """Take a group back; False when the person had none such."""
    return bool(
        await db.execute(
            "delete from round_stand_in where school_id = $1 and round_id = $2 and group_id = $3 and person_id = $4",
            school_id,
            round_id,
            group_id,
            person_id,
        )
    )


async def groups_of(school_id: UUID, round_id: UUID) -> set[UUID]:
    """The teaching groups of a round."""
    rows = await db.fetch(
        "select distinct group_id from expected_pair where school_id = $1 and round_id = $2", school_id, round_id
    )
    return {row["group_id"] for row in rows}


async def home_groups(school_id: UUID) -> list[Any]:
    """Home groups of today with their number of students."""
    return await db.fetch(
        """select g.id, g.title, g.level, g.year, count(distinct e.person_id) as students
             from class_group g
             left join current_enrolment e on e.school_id = g.school_id and e.group_id = g.id and e.role = 'student'
            where g.school_id = $1 and g.kind = 'home' and g.ended_on is null
            group by g.id, g.title, g.level, g.year, g.sort_key order by g.sort_key, g.title""",
        school_id,
    )


async def levels_and_years(school_id: UUID, group_ids: list[UUID]) -> Any:
    """Of home groups, also of groups that have ended."""
    return await db.fetchrow(
        """select coalesce(array_agg(distinct level) filter (where level <> ''), '{}') as levels,
                  coalesce(array_agg(distinct year) filter (where year is not null), '{}') as years
             from class_group where school_id = $1 and id = any($2::uuid[])""",
        school_id,
        group_ids,
    )


async def subjects(school_id: UUID) -> list[Any]:
    """Subjects that are taught today."""
    return await db.fetch(
        """select s.id, s.code, s.name from subject s
            where s.school_id = $1
              and exists (select 1 from class_group g where g.school_id = s.school_id and g.subject_id = s.id
                             and g.kind = 'teaching' and g.ended_on is null)
            order by s.name, s.code""",
        school_id,
    )


async def required_default(school_id: UUID) -> str | None:
    """What the school asks for by default, as JSON."""
    found: str | None = await db.fetchval("select required from school_settings where school_id = $1", school_id)
    return found


async def zone(school_id: UUID) -> str:
    """The school's time zone."""
    found: str = await db.fetchval("select time_zone from school where id = $1", school_id)
    return found
