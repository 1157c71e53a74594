import { useState } from 'preact/hooks';
import { Avatar, Banner, Button, Chip, List, ListRow, Loaded, PageHeader, SkeletonCard } from '../../components';
import { api } from '../../lib/api';
import { tell, useAdmin } from './data';
import { PersonPicker } from './person-picker';
import { ta } from './texts';
import type { GroupDetail, GroupTeacher } from './types';

/** One group: who mentors or teaches it, whatever the roster says, and who is in it. */
export default function GroupPart({ id = '' }: { id?: string }) {
  const group = useAdmin<GroupDetail>(`/groups/${id}`);
  return (
    <section class="page">
      <Loaded from={group} skeleton={<SkeletonCard rows={6} />}>
        {(found) => <OneGroup group={found} onChange={group.set} />}
      </Loaded>
    </section>
  );
}

function OneGroup({ group, onChange }: { group: GroupDetail; onChange: (group: GroupDetail) => void }) {
  const [choosing, setChoosing] = useState(false);
  const home = group.kind === 'home';
  const now = group.teachers.filter((teacher) => !teacher.set_aside).map(({ id }) => id);
  const byHand = group.teachers.some((teacher) => teacher.set_aside || teacher.source === 'manual');
  const save = (person_ids: string[], done: string) =>
    tell(
      async () => onChange(await api.put(`/admin/groups/${group.id}/${home ? 'mentors' : 'teachers'}`, { person_ids })),
      done,
    );
  const asInRoster = () =>
    save(
      group.teachers.filter(({ source }) => source === 'roster').map(({ id }) => id),
      ta('admin.group.as_in_roster_done'),
    );
  return (
    <div class="stack loose">
      <PageHeader
        title={group.title}
        subtitle={[ta(`admin.group.kind.${group.kind}`), group.subject, group.level].filter(Boolean).join(' · ')}
        back={home ? '/admin/groups' : '/admin/groups?kind=teaching'}
      />
      <section class="stack tight" aria-labelledby="group-teachers">
        <h2 class="heading" id="group-teachers">
          {ta(home ? 'admin.group.mentors' : 'admin.group.teachers')}
        </h2>
        {now.length === 0 && (
          <Banner kind="attention" icon="info">
            {ta(home ? 'admin.group.no_mentor' : 'admin.group.no_teacher')}
          </Banner>
        )}
        <ul class="list admin-teachers">
          {group.teachers.map((teacher) => (
            <TeacherRow
              key={teacher.id}
              teacher={teacher}
              onToggle={() =>
                save(
                  teacher.set_aside ? [...now, teacher.id] : now.filter((one) => one !== teacher.id),
                  ta(teacher.set_aside ? 'admin.group.counts_again' : 'admin.group.counts_no_more', {
                    name: teacher.name,
                  }),
                )
              }
            />
          ))}
        </ul>
        <div class="row">
          <Button icon="plus" onClick={() => setChoosing(true)}>
            {ta(home ? 'admin.group.add_mentor' : 'admin.group.add_teacher')}
          </Button>
          {byHand && (
            <Button kind="ghost" icon="undo" onClick={asInRoster}>
              {ta('admin.group.as_in_roster')}
            </Button>
          )}
        </div>
        <p class="small soft">{ta('admin.group.survives')}</p>
      </section>
      <section class="stack tight" aria-labelledby="group-students">
        <h2 class="heading" id="group-students">
          {ta('admin.groups.students', { n: group.students.length })}
        </h2>
        <List>
          {group.students.map((student) => (
            <ListRow
              key={student.id}
              href={`/admin/people/${student.id}`}
              start={<Avatar initials={student.initials} size="small" />}
              title={student.list_name}
              text={student.apart ?? undefined}
            />
          ))}
        </List>
      </section>
      {choosing && (
        <PersonPicker
          title={ta(home ? 'admin.group.add_mentor' : 'admin.group.add_teacher')}
          subtitle={group.title}
          as="teacher"
          without={now}
          onChoose={(person) => save([...now, person.id], ta('admin.group.added', { name: person.name }))}
          onClose={() => setChoosing(false)}
        />
      )}
    </div>
  );
}

function TeacherRow({ teacher, onToggle }: { teacher: GroupTeacher; onToggle: () => Promise<unknown> }) {
  const says = teacher.set_aside ? 'set_aside' : teacher.source;
  return (
    <li class="admin-teacher">
      <a class="admin-name" href={`/admin/people/${teacher.id}`}>
        {teacher.name}
      </a>
      {says !== 'roster' && <Chip>{ta(`admin.group.${says}`)}</Chip>}
      <Button small kind="ghost" onClick={onToggle}>
        {ta(teacher.set_aside ? 'admin.group.put_back' : 'admin.group.put_aside')}
        <span class="visually-hidden"> {teacher.name}</span>
      </Button>
    </li>
  );
}
