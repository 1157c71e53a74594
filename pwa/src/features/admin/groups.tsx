import { useState } from 'preact/hooks';
import { Chip, EmptyState, Field, List, ListRow, Loaded, PageHeader, Segmented, SkeletonList } from '../../components';
import { replace } from '../../lib/navigate';
import { useAdmin } from './data';
import { ta } from './texts';
import type { GroupLine } from './types';

const folded = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** All groups of one kind; first those that nobody teaches. */
export default function GroupsPart({ query }: { query: Readonly<Record<string, string>> }) {
  const kind = query.kind === 'teaching' ? 'teaching' : 'home';
  const without = query.show === 'without';
  const [typed, setTyped] = useState('');
  const groups = useAdmin<GroupLine[]>(`/groups?kind=${kind}`);
  const show = (next: { kind?: string; show?: string }) => {
    const wanted = Object.entries({ kind, show: without ? 'without' : '', ...next }).filter(([, value]) => value);
    replace(`/admin/groups?${new URLSearchParams(wanted)}`);
  };
  return (
    <section class="page">
      <PageHeader title={ta('admin.groups')} back="/admin" />
      <div class="stack">
        <Segmented
          label={ta('admin.groups.kind')}
          value={kind}
          options={[
            { value: 'home', label: ta('admin.groups.home') },
            { value: 'teaching', label: ta('admin.groups.teaching') },
          ]}
          onChange={(value) => show({ kind: value })}
        />
        <Field label={ta('admin.groups.search')} type="search" value={typed} onInput={setTyped} />
        <div class="admin-chips">
          <Chip pressed={without} onClick={() => show({ show: without ? '' : 'without' })}>
            {ta(kind === 'home' ? 'admin.groups.without_mentor' : 'admin.groups.without_teacher')}
          </Chip>
        </div>
        <Loaded from={groups} skeleton={<SkeletonList rows={8} />}>
          {(all) => {
            const words = folded(typed).split(/\s+/);
            const some = all.filter((group) => {
              const said = folded([group.title, group.subject, ...group.teachers].join(' '));
              return words.every((word) => said.includes(word)) && (!without || lacks(group));
            });
            if (some.length === 0) return <EmptyState icon="search" title={ta('admin.groups.none')} />;
            return (
              <List>
                {some.map((group) => (
                  <ListRow
                    key={group.id}
                    href={`/admin/groups/${group.id}`}
                    title={group.title}
                    text={[group.subject, group.teachers.join(', ')].filter(Boolean).join(' · ') || undefined}
                    end={
                      lacks(group) ? (
                        <Chip light="attention">{ta(`admin.groups.no_${kind}`)}</Chip>
                      ) : (
                        <span class="small soft numeric">{ta('admin.groups.students', { n: group.students })}</span>
                      )
                    }
                  />
                ))}
              </List>
            );
          }}
        </Loaded>
      </div>
    </section>
  );
}

function lacks(group: GroupLine): boolean {
  return group.students > 0 && group.teachers.length === 0;
}
