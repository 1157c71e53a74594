import { useState } from 'preact/hooks';
import { Button, Field, Segmented, Sheet } from '../../components';
import { type ApiProblem, api } from '../../lib/api';
import { useClosing } from '../../lib/closing';
import { go } from '../../lib/navigate';
import { act, useLeadTo } from './data';
import { ta } from './texts';
import type { PersonDetail } from './types';

export interface AddPersonProps {
  /** Whose guardian it will be. */
  student?: { id: string; name: string };
  onClose: () => void;
  /** What to do with who was added; without it, their page opens. */
  onAdded?: (person: PersonDetail) => void;
}

/** Somebody whom the roster does not know: a guardian, a substitute. */
export function AddPersonSheet({ student, onClose, onAdded }: AddPersonProps) {
  const { open, close } = useClosing(onClose);
  const [kind, setKind] = useState<'staff' | 'guardian'>(student ? 'guardian' : 'staff');
  const [body, setBody] = useState({ given_name: '', family_name: '', email: '' });
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  useLeadTo(problem);
  const change = (part: Partial<typeof body>) => {
    setBody({ ...body, ...part });
    setProblem(null);
  };
  const save = async () => {
    setProblem(
      await act(async () => {
        const made = await api.post<PersonDetail>('/admin/people', {
          ...body,
          kind,
          ...(student ? { student_id: student.id } : {}),
        });
        close();
        if (onAdded) onAdded(made);
        else go(`/admin/people/${made.id}`);
      }, ta('admin.person.added')),
    );
  };
  return (
    <Sheet
      open={open}
      onClose={close}
      title={student ? ta('admin.person.add_guardian') : ta('admin.people.add')}
      subtitle={student?.name}
      footer={
        <Button kind="primary" wide onClick={save}>
          {ta('admin.person.add')}
        </Button>
      }
    >
      <p class="small soft">{ta('admin.person.add_why')}</p>
      {!student && (
        <Segmented
          label={ta('admin.person.kind')}
          value={kind}
          options={(['staff', 'guardian'] as const).map((value) => ({
            value,
            label: ta(`admin.person.kind.${value}`),
          }))}
          onChange={setKind}
        />
      )}
      <Names body={body} problem={problem} onChange={change} />
    </Sheet>
  );
}

interface NamesProps {
  body: { given_name: string; family_name: string; email: string };
  problem: ApiProblem | null;
  onChange: (part: Partial<NamesProps['body']>) => void;
}

/** The fields of somebody who was added by hand. */
export function Names({ body, problem, onChange }: NamesProps) {
  return (
    <>
      <Field
        label={ta('admin.person.given_name')}
        value={body.given_name}
        max={80}
        error={problem?.at('/given_name')}
        onInput={(given_name) => onChange({ given_name })}
      />
      <Field
        label={ta('admin.person.family_name')}
        help={ta('admin.person.family_name_help')}
        value={body.family_name}
        max={120}
        error={problem?.at('/family_name')}
        onInput={(family_name) => onChange({ family_name })}
      />
      <Field
        label={ta('admin.person.email')}
        type="email"
        help={ta('admin.person.email_help')}
        value={body.email}
        error={problem?.at('/email')}
        onInput={(email) => onChange({ email })}
      />
    </>
  );
}
