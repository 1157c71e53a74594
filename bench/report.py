"""The report of one student as one query that makes the whole JSON, as somebody would write it who asks no rules."""

from typing import Final

NAME: Final = "concat_ws(' ', {0}.given_name, nullif({0}.particle, ''), {0}.family_name)"

# $1 school, $2 round, $3 student.
REPORT: Final = f"""
select json_build_object(
  'student', json_build_object('id', p.id, 'name', {NAME.format("p")}, 'home_group',
     (select min(g.title) from current_enrolment c
        join class_group g on g.school_id = c.school_id and g.id = c.group_id
       where c.school_id = $1 and c.person_id = p.id and c.role = 'student' and c.kind = 'home')),
  'round', json_build_object('id', r.id, 'name', r.name, 'state', r.state, 'sharing', r.sharing),
  'subjects', (
     select json_agg(json_build_object('feedback_id', f.id, 'subject_id', g.subject_id, 'subject', s.name, 'group', g.title,
              'teachers', (select json_agg({NAME.format("t")} order by t.sort_key) from person t
                            where t.school_id = $1 and t.id = any(f.written_by)),
              'stoplight', f.stoplight, 'remark', f.remark, 'action', f.action, 'complete', f.complete, 'until', e.until,
              'was', (select json_build_object('stoplight', f2.stoplight, 'round_name', r2.name)
                        from feedback f2
                        join round r2 on r2.school_id = f2.school_id and r2.id = f2.round_id
                        join class_group g2 on g2.school_id = f2.school_id and g2.id = f2.group_id
                       where f2.school_id = $1 and f2.student_id = $3 and g2.subject_id = g.subject_id
                         and r2.closed_at < r.closed_at
                       order by r2.closed_at desc limit 1))
              order by lower(s.name), g.sort_key)
       from expected_pair e
       join class_group g on g.school_id = e.school_id and g.id = e.group_id
       join subject s on s.school_id = g.school_id and s.id = g.subject_id
       left join feedback f on f.school_id = e.school_id and f.round_id = e.round_id and f.student_id = e.student_id
        and f.group_id = e.group_id
      where e.school_id = $1 and e.round_id = $2 and e.student_id = $3),
  'message', (select json_build_object('text', m.text, 'version', m.version, 'updated_at', m.updated_at)
                from mentor_message m where m.school_id = $1 and m.round_id = $2 and m.student_id = $3),
  'share', (select json_build_object('number', h.number, 'shared_at', h.shared_at, 'guardians', h.guardians)
              from report_share h
             where h.school_id = $1 and h.round_id = $2 and h.student_id = $3 and h.recalled_at is null
             order by h.number desc limit 1),
  'readers', (select json_agg(json_build_object('name', {NAME.format("q")}, 'read_at', d.read_at) order by d.read_at)
                from report_share h
                join report_read d on d.school_id = h.school_id and d.share_id = h.id
                join person q on q.school_id = d.school_id and q.id = d.person_id
               where h.school_id = $1 and h.round_id = $2 and h.student_id = $3 and h.recalled_at is null),
  'plan', (select json_build_object('state', n.state, 'versions',
              (select json_agg(json_build_object('number', v.number, 'handed_in_at', v.handed_in_at, 'content', v.content)
                               order by v.number)
                 from plan_version v where v.school_id = $1 and v.plan_id = n.id))
             from plan n where n.school_id = $1 and n.round_id = $2 and n.student_id = $3),
  'agreements', (select json_agg(json_build_object('id', a.id, 'what', a.what, 'party', a.party, 'owner_id', a.owner_id,
                     'due_on', a.due_on, 'confirmed_at', a.confirmed_at, 'done_at', a.done_at, 'version', a.version)
                     order by a.created_at)
                   from agreement a
                  where a.school_id = $1 and a.round_id = $2 and a.student_id = $3 and a.removed_at is null),
  'owners', (select json_agg(json_build_object('id', o.id, 'name', {NAME.format("o")}) order by o.sort_key)
               from person o
              where o.school_id = $1 and o.id in (
                    select te.person_id from current_enrolment se
                      join current_enrolment te on te.school_id = se.school_id and te.group_id = se.group_id
                       and te.role = 'teacher'
                     where se.school_id = $1 and se.person_id = $3 and se.role = 'student' and se.kind = 'teaching')))
  from person p join round r on r.school_id = p.school_id and r.id = $2
 where p.school_id = $1 and p.id = $3
"""
