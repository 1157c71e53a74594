import { useEffect, useState } from 'preact/hooks';
import {
  Avatar,
  Button,
  Chip,
  EmptyState,
  Field,
  List,
  ListRow,
  Loaded,
  PageHeader,
  SelectField,
  SkeletonList,
} from '../../components';
import { replace } from '../../lib/navigate';
import { AddPersonSheet } from './add-person';
import { useAdmin } from './data';
import { ta } from './texts';
import type { PeoplePage, PersonLine } from './types';

export const ROLES = ['student', 'teacher', 'guardian', 'leader', 'organiser', 'admin'] as const;
export const STATES = ['disabled', 'left'] as const;
const REST_MS = 250;

/** Everybody of the school: found by name, narrowed by role and state, fifty at a time. */
export default function PeoplePart({ query }: { query: Readonly<Record<string, string>> }) {
  const [typed, setTyped] = useState(query.q ?? '');
  const [adding, setAdding] = useState(false);
  const { q = '', role = '', state = '', page = '1' } = query;
  const wanted = Object.entries({ q, role, status: state, page }).filter(([, value]) => value);
  const people = useAdmin<PeoplePage>(`/people?${new URLSearchParams(wanted)}`);
  const narrow = (change: Record<string, string>) => {
    const next = Object.entries({ q, role, state, ...change }).filter(([, value]) => value);
    const search = new URLSearchParams(next).toString();
    replace(search ? `/admin/people?${search}` : '/admin/people');
  };
  useEffect(() => {
    if (typed.trim() === q) return;
    const timer = setTimeout(() => narrow({ q: typed.trim() }), REST_MS);
    return () => clearTimeout(timer);
  });
  return (
    <section class="page">
      <PageHeader
        title={ta('admin.people')}
        back="/admin"
        end={
          <Button small icon="plus" onClick={() => setAdding(true)}>
            {ta('admin.people.add')}
          </Button>
        }
      />
      <div class="stack">
        <Field
          label={ta('admin.people.search')}
          type="search"
          help={ta('admin.people.search_help')}
          value={typed}
          onInput={setTyped}
        />
        <div class="admin-pair">
          <SelectField
            label={ta('admin.people.role')}
            value={role}
            options={[
              { value: '', label: ta('admin.people.all_roles') },
              ...ROLES.map((value) => ({ value, label: ta(`admin.role.${value}`) })),
            ]}
            onInput={(value) => narrow({ role: value })}
          />
          <SelectField
            label={ta('admin.people.state')}
            value={state}
            options={[
              { value: '', label: ta('admin.people.here') },
              ...STATES.map((value) => ({ value, label: ta(`admin.state.${value}`) })),
            ]}
            onInput={(value) => narrow({ state: value })}
          />
        </div>
        <Loaded from={people} skeleton={<SkeletonList rows={8} />}>
          {(found) =>
            found.people.length > 0 ? (
              <>
                <p class="small soft" role="status">
                  {ta('admin.people.found', { n: found.total })}
                </p>
                <List>
                  {found.people.map((person) => (
                    <PersonRow key={person.id} person={person} apart={named(found.people, person.name) > 1} />
                  ))}
                </List>
                <Pages at={found.page} of={found.pages} onChange={(to) => narrow({ page: String(to) })} />
              </>
            ) : (
              <EmptyState icon="search" title={ta('admin.people.none')} text={ta('admin.people.none_why')} />
            )
          }
        </Loaded>
      </div>
      {adding && <AddPersonSheet onClose={() => setAdding(false)} />}
    </section>
  );
}

function named(people: readonly PersonLine[], name: string): number {
  return people.filter((one) => one.name === name).length;
}

/** Who somebody is in one line; two people with one name are told apart. */
export function aboutPerson(person: PersonLine, apart: boolean): string {
  const roles = person.roles.map((role) => ta(`admin.role.${role}`)).join(', ') || ta('admin.people.no_role');
  const where = person.home_group ?? person.email;
  return [roles, where, apart && person.username !== where && person.username].filter(Boolean).join(' · ');
}

function PersonRow({ person, apart }: { person: PersonLine; apart: boolean }) {
  return (
    <ListRow
      href={`/admin/people/${person.id}`}
      start={<Avatar initials={person.initials} size="small" />}
      title={person.list_name}
      text={<span class="admin-break">{aboutPerson(person, apart)}</span>}
      end={person.state === 'here' ? undefined : <Chip>{ta(`admin.state.${person.state}`)}</Chip>}
    />
  );
}

/** The way to the next and the one before; nothing where there is one only. */
export function Pages({ at, of, onChange }: { at: number; of: number; onChange: (to: number) => void }) {
  if (of < 2) return null;
  return (
    <nav class="row spread" aria-label={ta('admin.pages')}>
      <Button small icon="back" disabled={at <= 1} onClick={() => onChange(at - 1)}>
        {ta('admin.pages.before')}
      </Button>
      <span class="small soft numeric">{ta('admin.pages.at', { at, of })}</span>
      <Button small disabled={at >= of} onClick={() => onChange(at + 1)}>
        {ta('admin.pages.next')}
      </Button>
    </nav>
  );
}
