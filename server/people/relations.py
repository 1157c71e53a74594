"""The one definition in SQL of what a viewer is to a student today, for every statement that needs it.

Another domain may put `TIES` into a statement of its own, so that facts and content come in one round trip; the row then goes
through `people.service.ties_from`. Parameters: `$1` school, `$2` student, `$3` viewer, `$4` round (for `own_complete`).
"""

from __future__ import annotations

from typing import Final

# `given`: what the viewer writes in this round as a substitute, who is no teacher of the student by it.
# Relations are today's (product.md): they all come through current_enrolment. A former student is still found, so that an
# author keeps reading the own text.
TIES: Final = """
with mine as materialized (
  select array(select c.group_id from current_enrolment c
                where c.school_id = $1 and c.person_id = $3 and c.role = 'teacher') as ids,
         array(select i.group_id from round_stand_in i
                where i.school_id = $1 and i.round_id = $4 and i.person_id = $3) as given)
select p.id as student_id, p.birth_date, p.adult_flag, p.consents_report, p.consents_plan, p.enabled and p.left_on is null as at_school,
       array(select se.group_id from current_enrolment se
              where se.school_id = $1 and se.person_id = $2 and se.role = 'student' and se.kind = 'teaching'
                and se.group_id = any(mine.ids)) as teaches,
       exists(select 1 from current_enrolment se
               where se.school_id = $1 and se.person_id = $2 and se.role = 'student' and se.kind = 'home'
                 and se.group_id = any(mine.ids)) as mentor,
       (select g.barred from guardianship g
         where g.school_id = $1 and g.student_id = $2 and g.guardian_id = $3 and g.ended_on is null) as barred,
       exists(select 1 from current_enrolment se
               join leader_scope l on l.school_id = se.school_id and l.group_id = se.group_id
              where se.school_id = $1 and se.person_id = $2 and se.role = 'student' and se.kind = 'home'
                and l.person_id = $3) as in_scope,
       not exists(select 1 from expected_pair e
                   left join feedback f on f.school_id = e.school_id and f.round_id = e.round_id
                    and f.student_id = e.student_id and f.group_id = e.group_id
                  where e.school_id = $1 and e.round_id = $4 and e.student_id = $2 and e.state = 'expected'
                    and e.group_id = any(mine.ids || mine.given) and coalesce(f.complete, false) = false) as own_complete
  from person p cross join mine
 where p.school_id = $1 and p.id = $2
   and exists (select 1 from person_role r where r.school_id = $1 and r.person_id = $2 and r.role = 'student')
"""
