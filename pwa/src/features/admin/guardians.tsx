import { useState } from 'preact/hooks';
import { Button, Chip, confirm, Switch } from '../../components';
import { api } from '../../lib/api';
import { AddPersonSheet } from './add-person';
import { act } from './data';
import type { PartProps } from './person';
import { PersonPicker } from './person-picker';
import { ta } from './texts';
import type { Relative } from './types';

/** The guardians of a student: who may read along, who is kept out, and those the roster does not know. */
export function GuardiansPart({ person, onChange }: PartProps) {
  const [adding, setAdding] = useState<'new' | 'known' | null>(null);
  const at = (guardian: string) => `/admin/students/${person.id}/guardians/${guardian}`;
  const bar = async (guardian: Relative, barred: boolean) => {
    await act(
      async () => onChange(await api.put(at(guardian.id), { barred })),
      undefined,
      () => onChange({ ...person }),
    );
  };
  const end = async (guardian: Relative) => {
    const yes = await confirm({
      title: ta('admin.guardian.end_title', { name: guardian.name }),
      text: ta('admin.guardian.end_text', { name: person.name }),
      yes: ta('admin.guardian.end'),
      danger: true,
    });
    if (yes) await act(async () => onChange(await api.del(at(guardian.id))), ta('admin.guardian.ended'));
  };
  return (
    <section class="stack tight" aria-labelledby="person-guardians">
      <h2 class="heading" id="person-guardians">
        {ta('admin.person.guardians')}
      </h2>
      {person.guardians.length === 0 && <p class="soft">{ta('admin.guardian.none')}</p>}
      {person.guardians.map((guardian) => (
        <div key={`${guardian.id}${guardian.barred}`} class="card stack tight">
          <div class="row spread">
            <a class="admin-name" href={`/admin/people/${guardian.id}`}>
              {guardian.name}
            </a>
            {guardian.source === 'manual' && <Chip>{ta('admin.from.manual')}</Chip>}
          </div>
          <Switch
            label={ta('admin.guardian.keep_out')}
            help={ta('admin.guardian.keep_out_help')}
            checked={guardian.barred}
            onChange={(on) => bar(guardian, on)}
          />
          {guardian.source === 'manual' && (
            <p>
              <Button small kind="ghost" icon="trash" onClick={() => end(guardian)}>
                {ta('admin.guardian.end')}
              </Button>
            </p>
          )}
        </div>
      ))}
      <div class="row">
        <Button small icon="plus" onClick={() => setAdding('known')}>
          {ta('admin.guardian.add_known')}
        </Button>
        <Button small kind="ghost" icon="person" onClick={() => setAdding('new')}>
          {ta('admin.guardian.add_new')}
        </Button>
      </div>
      {adding === 'new' && (
        <AddPersonSheet
          student={{ id: person.id, name: person.name }}
          onClose={() => setAdding(null)}
          onAdded={async () => onChange(await api.get(`/admin/people/${person.id}`))}
        />
      )}
      {adding === 'known' && (
        <PersonPicker
          title={ta('admin.guardian.add_known')}
          subtitle={person.name}
          without={[person.id, ...person.guardians.map(({ id }) => id)]}
          onChoose={(chosen) =>
            act(async () => onChange(await api.put(at(chosen.id), { barred: false })), ta('admin.guardian.added'))
          }
          onClose={() => setAdding(null)}
        />
      )}
    </section>
  );
}
