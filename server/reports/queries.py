"""All SQL about reports. Reading one report is one statement: facts for the rules and content together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from server.people.relations import TIES
from server.platform import db

# The pairs of one student in one round. Who teaches is today's (`teaches` has substitutes too: authors together), who wrote is for
# ever; names come once for all of them.
PAIR: Final = """
select e.group_id, e.state, e.until, g.title, g.sort_key, g.subject_id, coalesce(s.name, g.title) as subject,
       array(select c.person_id from current_enrolment c
              where c.school_id = $1 and c.group_id = e.group_id and c.role = 'teacher'
             union all
             select i.person_id from round_stand_in i
              where i.school_id = $1 and i.round_id = {round} and i.group_id = e.group_id) as teaches,
       f.id, f.stoplight, f.remark, f.action, f.complete, f.written_by
  from expected_pair e
  join class_group g on g.school_id = e.school_id and g.id = e.group_id
  left join subject s on s.school_id = g.school_id and s.id = g.subject_id
  left join feedback f on f.school_id = e.school_id and f.round_id = e.round_id and f.student_id = e.student_id
   and f.group_id = e.group_id
 where e.school_id = $1 and e.round_id = {round} and e.student_id = {student}
"""

# Arrays instead of objects: they are read into `content.Pair`, field by field.
PAIRS: Final = """
select json_agg(json_build_array(q.group_id, q.state, q.until, q.title, q.subject_id, q.subject, q.teaches,
                q.id, q.stoplight, q.remark, q.action, q.complete, q.written_by)
                order by lower(q.subject), q.state = 'expected' desc, q.sort_key, q.group_id)
  from {source} q
"""

# `{content}`: what was frozen, or nothing of it where only the rules are asked.
SHARES: Final = """
select json_agg(json_build_object('id', h.id, 'number', h.number, 'shared_at', h.shared_at, 'guardians', h.guardians,
         {content}
         'opened', exists(select 1 from report_read d where d.school_id = $1 and d.share_id = h.id),
         'opened_by_me', exists(select 1 from report_read d
                                 where d.school_id = $1 and d.share_id = h.id and d.person_id = $3))
         order by h.number desc)
  from report_share h
 where h.school_id = $1 and h.round_id = $4 and h.student_id = $2 and h.recalled_at is null
"""

# What every rule about one report asks for; `{more}` adds columns.
BASIS: Final = f"""
select t.*, p.given_name, p.particle, p.family_name, p.id,
       (select min(g.title) from current_enrolment c
          join class_group g on g.school_id = c.school_id and g.id = c.group_id
         where c.school_id = $1 and c.person_id = $2 and c.role = 'student' and c.kind = 'home') as home_group,
       coalesce(k.guardians_admitted, true) as guardians_admitted, coalesce(k.consent_at_16, false) as consent_at_16,
       r.id as round_id, r.name as round_name, r.state, r.sharing, r.mentors_watch, r.only_groups, r.required,
       ({SHARES}) as shares,
       (select n.state from plan n where n.school_id = $1 and n.round_id = $4 and n.student_id = $2) as plan_state
       {{more}}
  from ({TIES}) t
  join person p on p.school_id = $1 and p.id = t.student_id
  join round r on r.school_id = $1 and r.id = $4
  left join school_settings k on k.school_id = $1
"""

# A group is settled once its feedback is open to colleagues; `rules.visibility.settled` decides, this narrows.
SETTLED: Final = "(r2.state in ('closed', 'archived') or (r2.state = 'open' and not f.group_id = any(r2.only_groups)))"

WAS: Final = f"""
select json_agg(json_build_array(w.subject_id, w.group_id, w.stoplight, w.written_by, w.name, w.state, w.only_groups))
  from (select distinct on (g.subject_id) g.subject_id, f.group_id, f.stoplight, f.written_by, r2.name, r2.state, r2.only_groups
          from feedback f
          join round r2 on r2.school_id = f.school_id and r2.id = f.round_id
          join class_group g on g.school_id = f.school_id and g.id = f.group_id
         where f.school_id = $1 and f.student_id = $2 and f.stoplight is not null and g.subject_id is not null
           and r2.id <> r.id and (r.closed_at is null or r2.closed_at < r.closed_at) and {SETTLED}
         order by g.subject_id, r2.closed_at desc, r2.id desc, f.updated_at desc) w
"""

MESSAGE: Final = """
select json_build_object('text', m.text, 'version', m.version, 'updated_at', m.updated_at)
  from mentor_message m where m.school_id = $1 and m.round_id = {round} and m.student_id = {student}
"""

# Decisions of the group board that stand, oldest first.
DECISIONS: Final = """
select json_agg(json_build_object('id', b.id, 'text', b.text, 'version', b.version,
         'agreed', exists(select 1 from agreement a
                           where a.school_id = $1 and a.id = b.agreement_id and a.removed_at is null))
         order by b.created_at, b.id)
  from decision b
 where b.school_id = $1 and b.round_id = {round} and b.student_id = {student} and b.removed_at is null
"""

READERS: Final = """
select json_agg(json_build_array(json_build_array(q.id, q.given_name, q.particle, q.family_name), d.read_at)
                order by d.read_at, q.sort_key)
  from report_read d join person q on q.school_id = d.school_id and q.id = d.person_id
 where d.school_id = $1 and d.share_id = (select h.id from report_share h
         where h.school_id = $1 and h.round_id = $4 and h.student_id = $2 and h.recalled_at is null
         order by h.number desc limit 1)
"""

PLAN: Final = """
select json_build_object('id', n.id, 'state', n.state, 'draft', n.draft, 'version', n.version,
         'versions', coalesce((select json_agg(json_build_object('number', v.number, 'handed_in_at', v.handed_in_at,
                                                                'content', v.content) order by v.number)
                                 from plan_version v where v.school_id = $1 and v.plan_id = n.id), '[]'))
  from plan n where n.school_id = $1 and n.round_id = $4 and n.student_id = $2
"""

AGREEMENTS: Final = """
select json_agg(json_build_object('id', a.id, 'what', a.what, 'party', a.party, 'owner_id', a.owner_id,
         'owner', case when o.id is null then null
                       else json_build_array(o.id, o.given_name, o.particle, o.family_name) end,
         'due_on', a.due_on, 'confirmed_at', a.confirmed_at, 'done_at', a.done_at, 'version', a.version)
         order by a.created_at, a.id)
  from agreement a left join person o on o.school_id = a.school_id and o.id = a.owner_id
 where a.school_id = $1 and a.round_id = $4 and a.student_id = $2 and a.removed_at is null
"""

# Teachers of the student today.
OWNERS: Final = """
select te.person_id from current_enrolment se
  join current_enrolment te on te.school_id = se.school_id and te.group_id = se.group_id and te.role = 'teacher'
 where se.school_id = $1 and se.person_id = $2 and se.role = 'student' and se.kind = 'teaching'
"""

NAMES: Final = """
select json_agg(json_build_array(p.id, p.given_name, p.particle, p.family_name) order by p.sort_key, p.id)
  from (select distinct w.id from pair, unnest(pair.teaches || coalesce(pair.written_by, '{}')) w (id)
        union select o.id from owner, unnest(owner.ids) o (id)) n
  join person p on p.school_id = $1 and p.id = n.id
"""

CONTENT: Final = "'content', h.content,"
BASIS_ONLY: Final = BASIS.format(more="", content=CONTENT)
REPORT: Final = f"""
with pair as materialized ({PAIR.format(round="$4", student="$2")}),
     owner as materialized (select array({OWNERS}) as ids)
""" + BASIS.format(
    content=CONTENT,
    more=f""", ({PAIRS.format(source="pair")}) as pairs, (select ids from owner) as owners, ({NAMES}) as names,
       ({WAS}) as was, ({MESSAGE.format(round="$4", student="$2")}) as message, ({READERS}) as readers, ({PLAN}) as plan,
       ({AGREEMENTS}) as agreements, ({DECISIONS.format(round="$4", student="$2")}) as decisions""",
)
WITH_PLAN: Final = BASIS.format(content=CONTENT, more=f", ({PLAN}) as plan, ({AGREEMENTS}) as agreements")

# The very same for each of several students ($2), each with a viewer ($3) and a round ($4), without the content.
ONE_OF_SEVERAL: Final = (
    BASIS.format(content="", more="")
    .replace("$2", "ask.student_id")
    .replace("$3", "ask.viewer_id")
    .replace("$4", "ask.round_id")
)
SEVERAL: Final = f"""
select ask.place - 1 as place, b.*
  from unnest($2::uuid[], $3::uuid[], $4::uuid[]) with ordinality ask (student_id, viewer_id, round_id, place)
 cross join lateral ({ONE_OF_SEVERAL}) b
"""

GROUP_CONTENT: Final = f"""
select p.id, p.given_name, p.particle, p.family_name, g.title as home_group,
       ({PAIRS.format(source="(" + PAIR.format(round="$2", student="p.id") + ")")}) as pairs,
       ({MESSAGE.format(round="$2", student="p.id")}) as message,
       ({DECISIONS.format(round="$2", student="p.id")}) as decisions,
       h.number as shared_number, h.content as shared_content, h.guardians as shared_guardians
  from current_enrolment c
  join class_group g on g.school_id = c.school_id and g.id = c.group_id
  join person p on p.school_id = c.school_id and p.id = c.person_id
  left join lateral (select x.number, x.content, x.guardians from report_share x
                      where x.school_id = $1 and x.round_id = $2 and x.student_id = p.id and x.recalled_at is null
                      order by x.number desc limit 1) h on true
 where c.school_id = $1 and c.group_id = $3 and c.kind = 'home' and c.role = 'student'
   and exists (select 1 from expected_pair e where e.school_id = $1 and e.round_id = $2 and e.student_id = p.id)
 order by p.sort_key, p.id
"""

# Home groups that the viewer ($2) mentors or, as a leader ($3), has in scope.
MY_GROUPS: Final = """
mine as (
  select x.group_id, bool_or(x.mentor) as mentor, bool_or(x.in_scope) as in_scope
    from (select c.group_id, true as mentor, false as in_scope from current_enrolment c
           where c.school_id = $1 and c.person_id = $2 and c.role = 'teacher' and c.kind = 'home'
          union all
          select l.group_id, false, true from leader_scope l where l.school_id = $1 and l.person_id = $2 and $3::boolean) x
   group by x.group_id)
"""

MY_ROUNDS: Final = f"""
with {MY_GROUPS}, students as (
  select array(select c.person_id from mine m join current_enrolment c on c.school_id = $1 and c.group_id = m.group_id
                where c.role = 'student') as ids)
select r.id, r.name, r.state, r.sharing, r.mentors_watch, r.only_groups, r.required
  from round r cross join students x
 where r.school_id = $1 and r.state <> 'draft'
   and exists (select 1 from expected_pair e
                where e.school_id = $1 and e.round_id = r.id and e.student_id = any(x.ids))
 order by r.opened_at desc, r.id desc
"""

STRIPS: Final = f"""
with {MY_GROUPS}, taught as materialized (
  select array(select c.group_id from current_enrolment c
                where c.school_id = $1 and c.person_id = $2 and c.role = 'teacher') as ids,
         array(select i.group_id from round_stand_in i
                where i.school_id = $1 and i.round_id = $4 and i.person_id = $2) as given)
select p.id, p.given_name, p.particle, p.family_name, p.username, g.id as group_id, g.title, g.title as home_group, m.mentor, m.in_scope,
       array(select c2.group_id from current_enrolment c2
              where c2.school_id = $1 and c2.person_id = p.id and c2.role = 'student' and c2.kind = 'teaching'
                and c2.group_id = any(y.ids)) as teaches,
       (select json_agg(json_build_array(e.group_id, e.state, coalesce(s.name, t.title), e.group_id = any(y.ids || y.given),
                 f.stoplight, f.complete, coalesce($2 = any(f.written_by), false))
                 order by lower(coalesce(s.name, t.title)), t.sort_key, t.id)
          from expected_pair e
          join class_group t on t.school_id = e.school_id and t.id = e.group_id
          left join subject s on s.school_id = t.school_id and s.id = t.subject_id
          left join feedback f on f.school_id = e.school_id and f.round_id = e.round_id and f.student_id = e.student_id
           and f.group_id = e.group_id
         where e.school_id = $1 and e.round_id = $4 and e.student_id = p.id) as pairs,
       (select json_build_object('number', h.number, 'shared_at', h.shared_at, 'guardians', h.guardians,
                 'opened', exists(select 1 from report_read d where d.school_id = $1 and d.share_id = h.id))
          from report_share h
         where h.school_id = $1 and h.round_id = $4 and h.student_id = p.id and h.recalled_at is null
         order by h.number desc limit 1) as share,
       (select n.state from plan n where n.school_id = $1 and n.round_id = $4 and n.student_id = p.id) as plan_state,
       (select count(*) from agreement a
         where a.school_id = $1 and a.round_id = $4 and a.student_id = p.id and a.removed_at is null) as agreements
  from mine m
  join class_group g on g.school_id = $1 and g.id = m.group_id
  join current_enrolment c on c.school_id = $1 and c.group_id = m.group_id and c.role = 'student'
  join person p on p.school_id = $1 and p.id = c.person_id
 cross join taught y
 order by m.mentor desc, g.sort_key, g.id, p.sort_key, p.id
"""

# The same relations for each student whom the viewer ($2) is or guards.
SHARED_WITH: Final = f"""
with kids as (
  select $2::uuid as student_id
   union
  select w.student_id from guardianship w where w.school_id = $1 and w.guardian_id = $2 and w.ended_on is null)
select t.*, p.id, p.given_name, p.particle, p.family_name, p.username,
       (select min(g.title) from current_enrolment c
          join class_group g on g.school_id = c.school_id and g.id = c.group_id
         where c.school_id = $1 and c.person_id = p.id and c.role = 'student' and c.kind = 'home') as home_group,
       r.id as round_id, r.name as round_name, h.shares, n.state as plan_state
  from kids k
  join person p on p.school_id = $1 and p.id = k.student_id
  join (select x.student_id, x.round_id, max(x.shared_at) as shared_at,
               json_agg(json_build_object('id', x.id, 'number', x.number, 'shared_at', x.shared_at, 'guardians', x.guardians,
                 'opened', false,
                 'opened_by_me', exists(select 1 from report_read d
                                         where d.school_id = $1 and d.share_id = x.id and d.person_id = $2))
                 order by x.number desc) as shares
          from report_share x
         where x.school_id = $1 and x.recalled_at is null and x.student_id in (select student_id from kids)
         group by x.student_id, x.round_id) h on h.student_id = k.student_id
  join round r on r.school_id = $1 and r.id = h.round_id
  left join plan n on n.school_id = $1 and n.round_id = r.id and n.student_id = k.student_id
 cross join lateral ({TIES.replace("$2", "k.student_id").replace("$3", "$2").replace("$4", "r.id")}) t
 order by h.shared_at desc, p.sort_key, r.id
"""


async def rounds_with_my_students(school_id: UUID, viewer_id: UUID, leader: bool) -> list[Any]:
    """Rounds in which a student stands whom the viewer mentors or has in scope; newest first, never a draft."""
    return await db.fetch(MY_ROUNDS, school_id, viewer_id, leader)


async def strips(school_id: UUID, viewer_id: UUID, round_id: UUID, leader: bool) -> list[Any]:
    """One row per student whom the viewer mentors or has in scope, by group and name."""
    return await db.fetch(STRIPS, school_id, viewer_id, leader, round_id)


async def shared_with(school_id: UUID, viewer_id: UUID) -> list[Any]:
    """One row per shared report of each student whom the viewer is or guards, with the columns of TIES."""
    return await db.fetch(SHARED_WITH, school_id, viewer_id)


async def basis(school_id: UUID, student_id: UUID, viewer_id: UUID, round_id: UUID) -> Any | None:
    """The facts about one report; None when student or round are not of this school."""
    return await db.fetchrow(BASIS_ONLY, school_id, student_id, viewer_id, round_id)


async def several(school_id: UUID, asked: Sequence[tuple[UUID, UUID, UUID]]) -> dict[int, Any]:
    """The facts about several reports by their place in `asked` (student, viewer, round), as far as there are such, without the
    content of shared versions."""
    students, viewers, rounds = (list(column) for column in zip(*asked, strict=True))
    async with db.by_key():
        rows = await db.fetch(SEVERAL, school_id, students, viewers, rounds)
    return {row["place"]: row for row in rows}


async def report(school_id: UUID, student_id: UUID, viewer_id: UUID, round_id: UUID) -> Any | None:
    """The facts and everything that can stand in the report, in one statement."""
    return await db.fetchrow(REPORT, school_id, student_id, viewer_id, round_id)


async def with_plan(school_id: UUID, student_id: UUID, viewer_id: UUID, round_id: UUID) -> Any | None:
    """The facts with plan and agreements."""
    return await db.fetchrow(WITH_PLAN, school_id, student_id, viewer_id, round_id)


async def group_content(school_id: UUID, round_id: UUID, group_id: UUID) -> list[Any]:
    """All that sharing a whole home group needs: its students in this round, each with content and latest version."""
    return await db.fetch(GROUP_CONTENT, school_id, round_id, group_id)


async def names(school_id: UUID, person_ids: Sequence[UUID]) -> str | None:
    """Names of people as JSON, by sort key."""
    found: str | None = await db.fetchval(
        """select json_agg(json_build_array(p.id, p.given_name, p.particle, p.family_name) order by p.sort_key, p.id)
             from person p where p.school_id = $1 and p.id = any($2::uuid[])""",
        school_id,
        list(person_ids),
    )
    return found


async def home_group(school_id: UUID, group_id: UUID, round_id: UUID, viewer_id: UUID) -> Any | None:
    """Round and whether the viewer mentors this home group; None when either is not of this school."""
    return await db.fetchrow(
        """select r.state, r.sharing, r.mentors_watch, r.only_groups, r.required,
                  exists(select 1 from current_enrolment c where c.school_id = $1 and c.group_id = $2
                          and c.person_id = $4 and c.role = 'teacher') as mentor
             from class_group g join round r on r.school_id = g.school_id and r.id = $3
            where g.school_id = $1 and g.id = $2 and g.kind = 'home'""",
        school_id,
        group_id,
        round_id,
        viewer_id,
    )


async def reports_of(school_id: UUID, student_id: UUID, viewer_id: UUID) -> list[Any]:
    """Rounds in which this student stands, newest first, with the versions shared."""
    return await db.fetch(
        """select r.id as round_id, r.name as round_name, r.closed_at, r.state, r.sharing, r.mentors_watch, r.only_groups,
                  r.required,
                  (select json_agg(json_build_object('id', h.id, 'number', h.number, 'shared_at', h.shared_at,
                            'guardians', h.guardians, 'opened', false, 'opened_by_me', false) order by h.number desc)
                     from report_share h where h.school_id = $1 and h.round_id = r.id and h.student_id = $2
                      and h.recalled_at is null) as shares
             from round r
            where r.school_id = $1 and r.state <> 'draft'
              and exists (select 1 from expected_pair e
                           where e.school_id = $1 and e.round_id = r.id and e.student_id = $2)
            order by r.opened_at desc, r.id desc""",
        school_id,
        student_id,
    )


async def message(school_id: UUID, round_id: UUID, student_id: UUID) -> Any | None:
    """The mentor message as it stands."""
    return await db.fetchrow(
        "select id, text, version, updated_at from mentor_message where school_id = $1 and round_id = $2 and student_id = $3",
        school_id,
        round_id,
        student_id,
    )


async def save_message(
    school_id: UUID, round_id: UUID, student_id: UUID, text: str, author_id: UUID, at: datetime
) -> int:
    """Write the message and keep the version; the new version's number."""
    version: int = await db.fetchval(
        """with saved as (
             insert into mentor_message (school_id, round_id, student_id, text, author_id, updated_at)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (school_id, round_id, student_id) do update
               set text = excluded.text, author_id = excluded.author_id, updated_at = excluded.updated_at,
                   version = mentor_message.version + 1
             returning id, version
           ), kept as (
             insert into mentor_message_history (school_id, message_id, version, text, author_id, saved_at)
             select $1, id, version, $4, $5, $6 from saved
           )
           select version from saved""",
        school_id,
        round_id,
        student_id,
        text,
        author_id,
        at,
    )
    return version


async def next_number(school_id: UUID, round_id: UUID, student_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The next version's number for each student; recalled versions keep theirs."""
    rows = await db.fetch(
        """select student_id, max(number) + 1 as next from report_share
            where school_id = $1 and round_id = $2 and student_id = any($3::uuid[]) group by student_id""",
        school_id,
        round_id,
        list(student_ids),
    )
    known = {row["student_id"]: int(row["next"]) for row in rows}
    return {student_id: known.get(student_id, 1) for student_id in student_ids}


async def add_shares(
    school_id: UUID, round_id: UUID, versions: Mapping[UUID, tuple[int, str]], guardians: bool, by: UUID, at: datetime
) -> dict[UUID, UUID]:
    """Freeze one version of each of these students (its number and content); their ids by student."""
    rows = await db.fetch(
        """insert into report_share (school_id, round_id, student_id, number, content, guardians, shared_by, shared_at)
           select $1, $2, v.student_id, v.number, v.content::jsonb, $6, $7, $8
             from unnest($3::uuid[], $4::integer[], $5::text[]) v (student_id, number, content)
           returning student_id, id""",
        school_id,
        round_id,
        list(versions),
        [number for number, _ in versions.values()],
        [content for _, content in versions.values()],
        guardians,
        by,
        at,
    )
    return {row["student_id"]: row["id"] for row in rows}


async def recall_unread(school_id: UUID, share_id: UUID, at: datetime) -> bool:
    """Take a version back unless somebody opened it. Waits for an opening that is going on."""
    await db.fetchval("select 1 from report_share where school_id = $1 and id = $2 for update", school_id, share_id)
    return bool(
        await db.execute(
            """update report_share h set recalled_at = $3
                where h.school_id = $1 and h.id = $2 and h.recalled_at is null
                  and not exists (select 1 from report_read d where d.school_id = $1 and d.share_id = h.id)""",
            school_id,
            share_id,
            at,
        )
    )


async def open_share(school_id: UUID, share_id: UUID, person_id: UUID, at: datetime) -> bool:
    """Write down the first opening; False when the version was recalled at the same moment."""
    return bool(
        await db.execute(
            """with living as (select id from report_share
                                where school_id = $1 and id = $2 and recalled_at is null for key share)
               insert into report_read (school_id, share_id, person_id, read_at)
               select $1, id, $3, $4 from living
               on conflict (school_id, share_id, person_id) do update set read_at = report_read.read_at""",
            school_id,
            share_id,
            person_id,
            at,
        )
    )


# --- questions of students --------------------------------------------------------------------------------------------

# One question with what the rules ask about the viewer ($2) as an author of the feedback.
QUESTION: Final = """
select q.id as question_id, q.feedback_id, q.asked_at, q.taken_back_at, q.answered_at, f.group_id, f.written_by,
       f.group_id in (select c.group_id from current_enrolment c
                       where c.school_id = $1 and c.person_id = $2 and c.role = 'teacher')
         or (f.round_id, f.group_id) in (select i.round_id, i.group_id from round_stand_in i
                                          where i.school_id = $1 and i.person_id = $2) as teaches
       {more}
  from question q
  join feedback f on f.school_id = q.school_id and f.id = q.feedback_id
  {joins}
 where q.school_id = $1 and {which}
"""
QUESTION_ALONE: Final = QUESTION.format(more="", joins="", which="q.feedback_id = $3")

# It narrows to what the viewer wrote or teaches; `rules.visibility.author_of` decides.
QUESTIONS_TO: Final = QUESTION.format(
    more=""", r.id as round_id, r.name as round_name, g.title, coalesce(s.name, g.title) as subject,
       p.id, p.given_name, p.particle, p.family_name, p.username,
       (select min(h.title) from current_enrolment c
          join class_group h on h.school_id = c.school_id and h.id = c.group_id
         where c.school_id = $1 and c.person_id = p.id and c.role = 'student' and c.kind = 'home') as home_group""",
    joins="""join round r on r.school_id = f.school_id and r.id = f.round_id
  join class_group g on g.school_id = f.school_id and g.id = f.group_id
  left join subject s on s.school_id = g.school_id and s.id = g.subject_id
  join person p on p.school_id = f.school_id and p.id = f.student_id""",
    which="""q.taken_back_at is null and (q.answered_at is null or q.answered_at > $3)
   and ($2 = any(f.written_by)
        or f.group_id in (select c.group_id from current_enrolment c
                           where c.school_id = $1 and c.person_id = $2 and c.role = 'teacher')
        or (f.round_id, f.group_id) in (select i.round_id, i.group_id from round_stand_in i
                                         where i.school_id = $1 and i.person_id = $2))
 order by q.answered_at is not null, q.answered_at desc, q.asked_at, q.id""",
)


async def questions_of(school_id: UUID, round_id: UUID, student_id: UUID) -> list[Any]:
    """The questions of one student in one round that stand, answered or not."""
    return await db.fetch(
        """select q.feedback_id, q.asked_at, q.taken_back_at, q.answered_at from question q
             join feedback f on f.school_id = q.school_id and f.id = q.feedback_id
            where q.school_id = $1 and f.round_id = $2 and f.student_id = $3 and q.taken_back_at is null
            order by q.asked_at, q.id""",
        school_id,
        round_id,
        student_id,
    )


async def question_about(school_id: UUID, feedback_id: UUID) -> Any | None:
    """The question about this feedback, also one that was taken back."""
    return await db.fetchrow(
        """select id, feedback_id, asked_at, told_at, taken_back_at, answered_at from question
            where school_id = $1 and feedback_id = $2""",
        school_id,
        feedback_id,
    )


async def ask_question(school_id: UUID, feedback_id: UUID, at: datetime, news: bool) -> Any:
    """Let the question stand, not answered; `news`: it gets the next number. As it is now."""
    return await db.fetchrow(
        """insert into question as q (school_id, feedback_id, asked_at, told_at) values ($1, $2, $3, $3)
           on conflict (school_id, feedback_id) do update
             set asked_at = $3, taken_back_at = null, answered_at = null,
                 number = q.number + $4::boolean::int, told_at = case when $4 then $3 else q.told_at end
           returning feedback_id, number, asked_at, taken_back_at, answered_at""",
        school_id,
        feedback_id,
        at,
        news,
    )


async def take_question_back(school_id: UUID, question_id: UUID, at: datetime) -> Any:
    """The question stands no more. As it is now."""
    return await db.fetchrow(
        """update question set taken_back_at = $3 where school_id = $1 and id = $2
           returning feedback_id, asked_at, taken_back_at, answered_at""",
        school_id,
        question_id,
        at,
    )


async def authors(school_id: UUID, feedback_id: UUID) -> list[UUID]:
    """Who wrote this feedback, who teaches its group today, and who stands in for them in this round."""
    rows = await db.fetch(
        """select unnest(f.written_by) as person_id from feedback f where f.school_id = $1 and f.id = $2
            union
           select c.person_id from feedback f
             join current_enrolment c on c.school_id = f.school_id and c.group_id = f.group_id and c.role = 'teacher'
            where f.school_id = $1 and f.id = $2
            union
           select i.person_id from feedback f
             join round_stand_in i on i.school_id = f.school_id and i.round_id = f.round_id and i.group_id = f.group_id
            where f.school_id = $1 and f.id = $2
            order by person_id""",
        school_id,
        feedback_id,
    )
    return [row["person_id"] for row in rows]


async def questions_to(school_id: UUID, viewer_id: UUID, answered_after: datetime) -> list[Any]:
    """Questions that may be to the viewer: those that wait, oldest first, then those answered after this moment."""
    return await db.fetch(QUESTIONS_TO, school_id, viewer_id, answered_after)


async def question(school_id: UUID, feedback_id: UUID, viewer_id: UUID) -> Any | None:
    """The question about this feedback, and what the viewer is to it."""
    return await db.fetchrow(QUESTION_ALONE, school_id, viewer_id, feedback_id)


async def feedback_of_question(school_id: UUID, question_id: UUID) -> UUID | None:
    """Which feedback a question is about."""
    found: UUID | None = await db.fetchval(
        "select feedback_id from question where school_id = $1 and id = $2", school_id, question_id
    )
    return found


async def answer_question(school_id: UUID, question_id: UUID, at: datetime | None) -> None:
    """Answered (`at`) or not yet (None)."""
    await db.execute(
        "update question set answered_at = $3 where school_id = $1 and id = $2", school_id, question_id, at
    )
