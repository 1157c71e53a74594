import { useEffect, useState } from 'preact/hooks';
import { Avatar, Field, List, ListRow, Sheet, SkeletonList } from '../../components';
import { useClosing } from '../../lib/closing';
import { useAdmin } from './data';
import { aboutPerson } from './people';
import { ta } from './texts';
import type { PeoplePage, PersonLine } from './types';

const REST_MS = 250;

export interface PersonPickerProps {
  title: string;
  subtitle?: string;
  /** Only people with this role. */
  as?: PersonLine['roles'][number];
  /** Those are there already. */
  without?: readonly string[];
  /** What the search begins with. */
  start?: string;
  onChoose: (person: PersonLine) => void;
  onClose: () => void;
}

/** Finds one person: by typing, as on the page of people. */
export function PersonPicker({ title, subtitle, as, without = [], start = '', onChoose, onClose }: PersonPickerProps) {
  const { open, close } = useClosing(onClose);
  const [typed, setTyped] = useState(start);
  const [asked, setAsked] = useState(start);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(typed.trim()), REST_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const wanted = new URLSearchParams({ q: asked, ...(as ? { role: as } : {}) });
  const people = useAdmin<PeoplePage>(asked ? `/people?${wanted}` : null);
  const found = people.data?.people.filter(({ id }) => !without.includes(id));
  return (
    <Sheet open={open} onClose={close} title={title} subtitle={subtitle}>
      <Field label={ta('admin.people.search')} type="search" value={typed} autoFocus onInput={setTyped} />
      {people.loading && !found && <SkeletonList rows={3} />}
      {asked !== '' && found?.length === 0 && <p class="soft">{ta('admin.people.none')}</p>}
      {found && found.length > 0 && (
        <List>
          {found.map((person) => (
            <ListRow
              key={person.id}
              start={<Avatar initials={person.initials} size="small" />}
              title={person.list_name}
              text={<span class="admin-break">{aboutPerson(person, true)}</span>}
              onClick={() => {
                close();
                onChoose(person);
              }}
            />
          ))}
        </List>
      )}
    </Sheet>
  );
}
