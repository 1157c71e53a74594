import { useState } from 'preact/hooks';
import { Button, EmptyState, Field, List, ListRow, Loaded, PageHeader, Sheet, SkeletonList } from '../../components';
import { type ApiProblem, api } from '../../lib/api';
import { useClosing } from '../../lib/closing';
import { act, useAdmin, useLeadTo } from './data';
import { ta } from './texts';
import type { SubjectLine } from './types';

/** What subjects are called. Their codes are the roster's. */
export default function SubjectsPart() {
  const subjects = useAdmin<SubjectLine[]>('/subjects');
  const [chosen, setChosen] = useState<SubjectLine | null>(null);
  return (
    <section class="page">
      <PageHeader title={ta('admin.subjects')} subtitle={ta('admin.subjects.subtitle')} back="/admin" />
      <Loaded from={subjects} skeleton={<SkeletonList rows={8} />}>
        {(all) =>
          all.length > 0 ? (
            <List>
              {all.map((subject) => (
                <ListRow
                  key={subject.id}
                  title={subject.name}
                  text={[subject.code, ta('admin.subjects.groups', { n: subject.groups })].join(' · ')}
                  onClick={() => setChosen(subject)}
                />
              ))}
            </List>
          ) : (
            <EmptyState icon="book" title={ta('admin.subjects.none')} text={ta('admin.subjects.none_why')} />
          )
        }
      </Loaded>
      {chosen && (
        <SubjectSheet
          subject={chosen}
          onClose={() => setChosen(null)}
          onSaved={() => {
            subjects.reload();
          }}
        />
      )}
    </section>
  );
}

interface SheetProps {
  subject: SubjectLine;
  onClose: () => void;
  onSaved: () => void;
}

function SubjectSheet({ subject, onClose, onSaved }: SheetProps) {
  const { open, close } = useClosing(onClose);
  const [name, setName] = useState(subject.name === subject.roster_name ? '' : subject.name);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  useLeadTo(problem);
  const save = async () =>
    setProblem(
      await act(async () => {
        await api.patch(`/admin/subjects/${subject.id}`, { name });
        onSaved();
        close();
      }, ta('admin.subjects.saved')),
    );
  return (
    <Sheet
      open={open}
      onClose={close}
      title={subject.name}
      subtitle={subject.code}
      footer={
        <Button kind="primary" wide onClick={save}>
          {ta('admin.save')}
        </Button>
      }
    >
      <Field
        label={ta('admin.subjects.name')}
        help={ta('admin.subjects.name_help', { name: subject.roster_name })}
        value={name}
        max={80}
        error={problem?.at('/name')}
        onInput={(next) => {
          setName(next);
          setProblem(null);
        }}
      />
    </Sheet>
  );
}
