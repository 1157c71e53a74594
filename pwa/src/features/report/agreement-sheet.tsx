import { useRef, useState } from 'preact/hooks';
import { Banner, Button, Chip, confirm, DateField, ErrorState, Field, SelectField, Sheet } from '../../components';
import { ApiProblem, api } from '../../lib/api';
import { useClosing } from '../../lib/closing';
import { t } from '../../lib/i18n';
import type { Agreement, Decision, Party, Report } from './types';

const PARTIES: readonly Party[] = ['student', 'guardian', 'mentor', 'teacher'];
const WEEKS = [1, 2, 4] as const;

/** The day some weeks from now, as `YYYY-MM-DD` on this device's calendar. */
export function weeksFrom(now: Date, weeks: number): string {
  const then = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 7 * weeks);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())}`;
}

/** What the agreement says at the server now, after a 409. */
function staleText(problem: ApiProblem | null): string | undefined {
  const current = problem?.members.current as { what?: string } | null | undefined;
  return current?.what;
}

/** Writes one agreement during the talk, in large type: what, who, by when. */
export function AgreementSheet({
  report,
  agreement,
  decision,
  onClose,
  onSaved,
}: {
  report: Report;
  agreement: Agreement | null;
  /** What a new agreement is made of: something that was decided when the group was discussed. */
  decision?: Decision;
  onClose: () => void;
  onSaved: () => void;
}) {
  const [saved, setSaved] = useState(false);
  const { open, close } = useClosing(() => {
    onClose();
    if (saved) onSaved();
  });
  const [what, setWhat] = useState(agreement?.what ?? decision?.text ?? '');
  const [party, setParty] = useState<Party>(agreement?.party ?? 'student');
  const [owner, setOwner] = useState(agreement?.owner_id ?? report.owners[0]?.id ?? '');
  const [due, setDue] = useState(agreement?.due_on ?? '');
  const [error, setError] = useState<unknown>(null);
  const [tried, setTried] = useState(false);
  const attempt = useRef({ body: '', key: '' });
  const [today] = useState(() => new Date());
  const problem = error instanceof ApiProblem ? error : null;
  const stale = staleText(problem);
  const path = `/rounds/${report.round.id}/students/${report.student.id}`;
  const given = report.student.name.split(' ')[0] ?? '';

  function done() {
    setSaved(true);
    close();
  }

  async function save() {
    setTried(true);
    if (!what.trim()) return;
    setError(null);
    // What was changed meanwhile has been shown; saving once more is the choice for this text.
    const version = stale === undefined ? agreement?.version : Number(problem?.members.version);
    const body = { what: what.trim(), party, owner_id: party === 'teacher' ? owner : null, due_on: due || null };
    // Tried again it is the same act; another text is another one.
    const sent = JSON.stringify(body);
    if (attempt.current.body !== sent) attempt.current = { body: sent, key: crypto.randomUUID() };
    const { key } = attempt.current;
    try {
      if (agreement) await api.patch(`/agreements/${agreement.id}`, body, { ifMatch: version ?? 0, key });
      else await api.post(decision ? `/decisions/${decision.id}/agreement` : `${path}/agreements`, body, { key });
      done();
    } catch (refused) {
      setError(refused);
    }
  }

  async function remove() {
    if (!agreement) return;
    const yes = await confirm({ title: t('agreements.remove_title'), yes: t('agreements.remove'), danger: true });
    if (!yes) return;
    try {
      await api.del(`/agreements/${agreement.id}`, undefined, { ifMatch: agreement.version });
      done();
    } catch (refused) {
      setError(refused);
    }
  }

  async function leave() {
    const changed = what.trim() !== (agreement?.what ?? '');
    if (!changed || (await confirm({ title: t('agreements.leave_title'), yes: t('agreements.leave'), danger: true })))
      close();
  }

  return (
    <Sheet
      open={open}
      onClose={leave}
      title={agreement ? t('agreements.edit') : t('agreements.add')}
      subtitle={report.student.name}
      footer={
        <Button kind="primary" wide onClick={save}>
          {agreement ? t('agreements.save_change') : t('agreements.save')}
        </Button>
      }
    >
      <div class="stack loose agreement-form">
        <Field
          label={t('agreements.what')}
          help={t('agreements.what_help')}
          multiline
          minRows={2}
          autoFocus
          value={what}
          onInput={setWhat}
          error={problem?.at('/what') ?? (tried && !what.trim() ? t('agreements.what_missing') : undefined)}
        />
        <fieldset class="stack tight">
          <legend class="label">{t('agreements.who')}</legend>
          <div class="row">
            {PARTIES.filter((p) => p !== 'teacher' || report.owners.length > 0).map((p) => (
              <Chip key={p} pressed={party === p} onClick={() => setParty(p)}>
                {p === 'student' ? given : t(`agreements.party.${p}`)}
              </Chip>
            ))}
          </div>
          {party === 'teacher' && (
            <SelectField
              label={t('agreements.teacher')}
              value={owner}
              options={report.owners.map((o) => ({ value: o.id, label: o.name }))}
              onInput={setOwner}
              error={problem?.at('/owner_id')}
            />
          )}
        </fieldset>
        <div class="stack tight">
          <DateField
            label={t('agreements.by')}
            hint={t('agreements.optional')}
            value={due}
            onInput={setDue}
            error={problem?.at('/due_on')}
          />
          <div class="row">
            {WEEKS.map((weeks) => {
              const value = weeksFrom(today, weeks);
              return (
                <Chip key={weeks} pressed={due === value} onClick={() => setDue(due === value ? '' : value)}>
                  {t('agreements.in_weeks', { n: weeks })}
                </Chip>
              );
            })}
          </div>
        </div>
        {stale !== undefined ? (
          <Banner kind="attention" icon="alert">
            {t('agreements.stale', { what: stale })}
          </Banner>
        ) : (
          error !== null && problem?.status !== 422 && <ErrorState error={error} />
        )}
        {agreement && (
          <Button kind="ghost" icon="trash" onClick={remove}>
            {t('agreements.remove')}
          </Button>
        )}
      </div>
    </Sheet>
  );
}
