"""What the imported school is filled with: three closed rounds, and an open one in which half was written."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from server.platform.security import session_hash

REMARK = (
    "Je werkt geconcentreerd en je helpt anderen als zij vastlopen. In de laatste toets zag ik dat je de stappen "
    "opschrijft, daardoor maak je minder slordige fouten dan in de vorige periode. Het huiswerk was drie keer niet af."
)
ACTION = "Maak op maandag en woensdag de opgaven van de week en laat mij op vrijdag zien waar je vastliep."

# What the rounds need: everything complete, written by the first teacher of the group, texts of about 300 characters.
FEEDBACK = """
with written as (
  insert into feedback (school_id, round_id, student_id, group_id, stoplight, remark, action, complete, author_id, written_by)
  select e.school_id, e.round_id, e.student_id, e.group_id,
         (array['excellent', 'on_track', 'attention', 'warning'])[1 + abs(hashtext(e.id::text)) % 4], $3, $4, true, t.id, array[t.id]
    from expected_pair e
    cross join lateral (select c.person_id as id from current_enrolment c
                         where c.school_id = e.school_id and c.group_id = e.group_id and c.role = 'teacher'
                         order by c.is_primary desc, c.person_id limit 1) t
   where e.school_id = $1 and e.round_id = $2 and (not $5 or abs(hashtext(e.student_id::text || e.group_id::text)) % 4 = 0)
  returning *
)
insert into feedback_history (school_id, feedback_id, version, stoplight, remark, action, author_id)
select school_id, id, 1, stoplight, remark, action, author_id from written
"""


@dataclass
class Pair:
    """Somebody to save feedback for. `version` is what stands there now."""

    group: UUID
    student: UUID
    teacher: UUID
    version: int


@dataclass
class School:
    """The school, its rounds and sessions."""

    id: UUID
    closed: list[UUID]
    open: UUID
    pairs: list[Pair]
    """Of the open round, in random order."""
    reports: list[tuple[UUID, UUID]]
    """(student, mentor) of students with twelve subjects, in random order."""
    cookies: dict[UUID, str] = field(default_factory=dict)


async def fill(url: str, slug: str) -> School:
    """Fill the school `slug`; `url` is the superuser's, because this is no user's work."""
    database = await asyncpg.connect(url)
    try:
        async with database.transaction():
            school_id: UUID = await database.fetchval("select id from school where slug = $1", slug)
            await database.execute("select set_config('app.school_id', $1, true)", str(school_id))
            school = await _rounds(database, school_id)
        await database.execute("vacuum analyze")
        return school
    finally:
        await database.close()


async def _rounds(database: asyncpg.Connection, school_id: UUID) -> School:
    ids: list[UUID] = []
    for number, state in enumerate(("closed", "closed", "closed", "open")):
        round_id: UUID = await database.fetchval(
            """insert into round (school_id, name, state, deadline, required, audience, opened_at, closed_at)
               select $1, $2, $3, now() + make_interval(days => $4 + 5), s.required,
                      '{"levels": [], "years": [], "home_group_ids": [], "left_out_subject_ids": []}',
                      now() + make_interval(days => $4 - 10), case when $3 = 'closed' then now() + make_interval(days => $4) end
                 from school_settings s where s.school_id = $1 returning id""",
            school_id, f"Ronde {number + 1}", state, (number - 3) * 60,
        )  # fmt: skip
        ids.append(round_id)
        await database.execute(
            """insert into expected_pair (school_id, round_id, student_id, group_id)
               select distinct e.school_id, $2::uuid, e.person_id, e.group_id
                 from current_enrolment e
                 join person p on p.school_id = e.school_id and p.id = e.person_id and p.enabled and p.left_on is null
                where e.school_id = $1 and e.kind = 'teaching' and e.role = 'student' and e.subject_id is not null
                  and exists (select 1 from current_enrolment t
                               where t.school_id = e.school_id and t.group_id = e.group_id and t.role = 'teacher')""",
            school_id, round_id,
        )  # fmt: skip
        await database.execute(FEEDBACK, school_id, round_id, REMARK, ACTION, state == "open")
        if state == "closed":
            await _cycle(database, school_id, round_id)
    pairs = await database.fetch(
        """select e.group_id, e.student_id, coalesce(f.version, 0) as version, t.person_id
             from expected_pair e
             left join feedback f on f.school_id = e.school_id and f.round_id = e.round_id and f.student_id = e.student_id
              and f.group_id = e.group_id
            cross join lateral (select c.person_id from current_enrolment c
                                  join person p on p.school_id = c.school_id and p.id = c.person_id
                                 where c.school_id = e.school_id and c.group_id = e.group_id and c.role = 'teacher'
                                   and p.enabled and p.left_on is null
                                 order by c.is_primary desc, c.person_id limit 1) t
            where e.school_id = $1 and e.round_id = $2 order by e.id""",
        school_id, ids[3],
    )  # fmt: skip
    reports = await database.fetch(
        """select e.student_id, min(m.person_id::text)::uuid as mentor from expected_pair e
             join current_enrolment h on h.school_id = e.school_id and h.person_id = e.student_id and h.kind = 'home'
              and h.role = 'student'
             join current_enrolment m on m.school_id = h.school_id and m.group_id = h.group_id and m.role = 'teacher'
             join person p on p.school_id = m.school_id and p.id = m.person_id and p.enabled and p.left_on is null
            where e.school_id = $1 and e.round_id = $2
            group by e.student_id having count(distinct e.group_id) = 12 order by e.student_id""",
        school_id, ids[2],
    )  # fmt: skip
    found = School(
        school_id,
        ids[:3],
        ids[3],
        [Pair(row["group_id"], row["student_id"], row["person_id"], row["version"]) for row in pairs],
        [(row["student_id"], row["mentor"]) for row in reports],
    )
    dice = random.Random(1)
    dice.shuffle(found.pairs)
    dice.shuffle(found.reports)
    for person in {pair.teacher for pair in found.pairs} | {mentor for _, mentor in found.reports}:
        found.cookies[person] = secrets.token_urlsafe(32)
    await database.executemany(
        "insert into session (id_hash, school_id, person_id, expires_at) values ($1, $2, $3, now() + interval '12 hours')",
        [(session_hash(cookie), school_id, person) for person, cookie in found.cookies.items()],
    )
    return found


async def _cycle(database: asyncpg.Connection, school_id: UUID, round_id: UUID) -> None:
    """Message, shared version with its readers, plan and agreements of every student in a closed round."""
    students = "(select distinct student_id from expected_pair where school_id = $1 and round_id = $2) e"
    mentor = """(select m.person_id from current_enrolment h
                   join current_enrolment m on m.school_id = h.school_id and m.group_id = h.group_id and m.role = 'teacher'
                  where h.school_id = $1 and h.person_id = e.student_id and h.kind = 'home' and h.role = 'student' limit 1)"""
    await database.execute(
        f"""insert into mentor_message (school_id, round_id, student_id, text, author_id)
            select $1, $2, e.student_id, $3, {mentor} from {students} where {mentor} is not null""",
        school_id, round_id, REMARK,
    )  # fmt: skip
    await database.execute(
        f"""insert into report_share (school_id, round_id, student_id, number, guardians, shared_by, content)
            select $1, $2, e.student_id, 1, true, {mentor}, jsonb_build_object('schema', 1,
              'message', (select jsonb_build_object('text', m.text, 'version', m.version, 'updated_at', m.updated_at)
                            from mentor_message m
                           where m.school_id = $1 and m.round_id = $2 and m.student_id = e.student_id),
              'subjects', (select jsonb_agg(jsonb_build_object('feedback_id', f.id, 'subject_id', g.subject_id, 'subject', s.name,
                                    'group', g.title, 'teachers', jsonb_build_array(concat_ws(' ', p.given_name, p.family_name)),
                                    'stoplight', f.stoplight, 'remark', f.remark, 'action', f.action, 'until', null))
                             from feedback f
                             join class_group g on g.school_id = f.school_id and g.id = f.group_id
                             join subject s on s.school_id = g.school_id and s.id = g.subject_id
                             join person p on p.school_id = f.school_id and p.id = f.author_id
                            where f.school_id = $1 and f.round_id = $2 and f.student_id = e.student_id))
              from {students} where {mentor} is not null""",
        school_id, round_id,
    )  # fmt: skip
    await database.execute(
        """insert into report_read (school_id, share_id, person_id)
           select school_id, id, student_id from report_share where school_id = $1 and round_id = $2""",
        school_id, round_id,
    )  # fmt: skip
    await database.execute(
        """with plans as (
             insert into plan (school_id, round_id, student_id, state, draft)
             select school_id, round_id, student_id, 'handed_in',
                    jsonb_build_object('proud', $3::text, 'improve', $4::text, 'how', $3::text, 'help', $4::text, 'when', $4::text,
                                       'answers', '{}'::jsonb)
               from report_share where school_id = $1 and round_id = $2
             returning *)
           insert into plan_version (school_id, plan_id, number, content) select school_id, id, 1, draft from plans""",
        school_id, round_id, REMARK, ACTION,
    )  # fmt: skip
    await database.execute(
        """insert into agreement (school_id, round_id, student_id, what, party, due_on, created_by)
           select h.school_id, h.round_id, h.student_id, $3, v.party, current_date + 14, h.shared_by
             from report_share h, (values ('student'), ('mentor')) v (party)
            where h.school_id = $1 and h.round_id = $2""",
        school_id, round_id, ACTION,
    )  # fmt: skip
