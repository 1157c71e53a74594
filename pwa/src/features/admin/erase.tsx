import { useState } from 'preact/hooks';
import { Banner, Button, Field, Loaded, Sheet, SkeletonCard } from '../../components';
import { type ApiProblem, api } from '../../lib/api';
import { useClosing } from '../../lib/closing';
import { act, useAdmin, useLeadTo } from './data';
import { type AdminKey, ta } from './texts';
import type { ErasurePreview, PersonDetail } from './types';

/** What the server names, in words. */
const OBSTACLES: Readonly<Record<ErasurePreview['obstacles'][number], AdminKey>> = {
  in_roster: 'admin.erase.in_roster',
  yourself: 'admin.erase.yourself',
  merged: 'admin.erase.merged',
};
const COUNTS = ['feedback', 'shares', 'plans', 'agreements'] as const;

export interface EraseProps {
  person: PersonDetail;
  onClose: () => void;
  onErased: () => void;
}

/** Everything about somebody goes, for good: it says what, and asks for the name. */
export function EraseSheet({ person, onClose, onErased }: EraseProps) {
  const { open, close } = useClosing(onClose);
  const preview = useAdmin<ErasurePreview>(`/people/${person.id}/erasure`);
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  useLeadTo(problem);
  const erase = async () =>
    setProblem(
      await act(async () => {
        await api.post(`/admin/people/${person.id}/erasure`, { name });
        close();
        onErased();
      }, ta('admin.erase.done')),
    );
  const possible = preview.data && preview.data.obstacles.length === 0;
  return (
    <Sheet
      open={open}
      onClose={close}
      title={ta('admin.erase.title', { name: person.name })}
      footer={
        possible && (
          <Button kind="danger" wide icon="trash" disabled={!name.trim()} onClick={erase}>
            {ta('admin.erase.act')}
          </Button>
        )
      }
    >
      <Loaded from={preview} skeleton={<SkeletonCard rows={4} />}>
        {(found) =>
          found.obstacles.length > 0 ? (
            found.obstacles.map((one) => (
              <Banner key={one} icon="info">
                {ta(OBSTACLES[one])}
              </Banner>
            ))
          ) : (
            <>
              <What found={found} />
              <Field
                label={ta('admin.erase.name', { name: found.name })}
                value={name}
                max={300}
                error={problem?.at('/name')}
                onInput={(next) => {
                  setName(next);
                  setProblem(null);
                }}
              />
            </>
          )
        }
      </Loaded>
    </Sheet>
  );
}

function What({ found }: { found: ErasurePreview }) {
  const some = COUNTS.filter((one) => found[one] > 0);
  return (
    <>
      <p>{ta('admin.erase.what')}</p>
      {some.length > 0 && (
        <ul class="admin-plain">
          {some.map((one) => (
            <li key={one}>{ta(`admin.erase.${one}`, { n: found[one] })}</li>
          ))}
        </ul>
      )}
      {found.written > 0 && <p>{ta('admin.erase.written', { n: found.written })}</p>}
      {found.guardians.length > 0 && <p>{ta('admin.erase.guardians', { names: found.guardians.join(', ') })}</p>}
      <Banner kind="warning" icon="alert">
        {ta('admin.erase.for_good')}
      </Banner>
    </>
  );
}
