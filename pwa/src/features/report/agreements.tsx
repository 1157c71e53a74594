import { useEffect, useState } from 'preact/hooks';
import { ActBar, Banner, Button, Checkbox, confirm, EmptyState, IconButton, toast } from '../../components';
import { ApiProblem, api } from '../../lib/api';
import { day } from '../../lib/dates';
import { t } from '../../lib/i18n';
import { lazily } from '../../lib/lazily';
import type { Agreement, Report } from './types';

/** Only who writes agreements needs it, and only with a network. */
const AgreementSheet = lazily(() => import('./agreement-sheet'), 'AgreementSheet');

/** Who an agreement is for, as the reader would say it. */
export function whoText(agreement: Agreement, report: Report): string {
  if (agreement.party === 'teacher') return agreement.owner_name ?? t('agreements.party.teacher');
  if (agreement.party === 'student')
    return report.relation === 'student' ? t('agreements.you') : (report.student.name.split(' ')[0] ?? '');
  if (agreement.party === 'mentor' && report.relation === 'mentor') return t('agreements.you');
  return t(`agreements.party.${agreement.party}`);
}

/** What is still to be done stands on top, the nearest day first. */
export function openFirst(agreements: readonly Agreement[]): Agreement[] {
  const rank = (a: Agreement) => `${a.done_at ? 1 : 0}${a.due_on ?? '9999'}`;
  return [...agreements].sort((a, b) => rank(a).localeCompare(rank(b)));
}

function told(error: unknown): void {
  toast(error instanceof ApiProblem ? `${error.title}. ${error.detail}` : t('report.no_connection'));
}

/** The concrete agreements of the talk: what, who, by when. The mentor writes, the student confirms, owners tick off. */
export function Agreements({ report, reload }: { report: Report; reload: () => void }) {
  const [editing, setEditing] = useState<Agreement | null>(null);
  const { agreements, can, plan } = report;
  const concluded = plan?.state === 'concluded';
  const unconfirmed = agreements.some((a) => a.can.confirm && !a.confirmed_at);

  async function conclude() {
    const yes = await confirm({
      title: t('agreements.conclude_title'),
      text: agreements.length > 0 ? t('agreements.conclude_text') : t('agreements.conclude_none'),
      yes: t('agreements.conclude'),
    });
    if (!yes) return;
    await api.post(`/rounds/${report.round.id}/students/${report.student.id}/plan/conclude`).catch(told);
    reload();
  }

  return (
    <section class="stack">
      <h2 class="heading">{t('agreements.title')}</h2>
      {unconfirmed && <p class="soft">{t('agreements.please_confirm')}</p>}
      {agreements.length > 0 ? (
        <ul class="agreements">
          {openFirst(agreements).map((agreement) => (
            <Row
              key={agreement.id}
              agreement={agreement}
              report={report}
              onEdit={() => setEditing(agreement)}
              onChanged={reload}
            />
          ))}
        </ul>
      ) : (
        <EmptyState
          icon="check"
          title={t('agreements.none')}
          text={can.write_agreements ? t('agreements.none_mentor') : t('agreements.none_why')}
        />
      )}
      {can.conclude && (
        <Button class="conclude" onClick={conclude}>
          {t('agreements.conclude')}
        </Button>
      )}
      {concluded && <Banner icon="check">{t('agreements.concluded')}</Banner>}
      {editing && (
        <AgreementSheet report={report} agreement={editing} onClose={() => setEditing(null)} onSaved={reload} />
      )}
    </section>
  );
}

/** What the mentor does during the talk: write down an agreement. */
export function AgreementActs({ report, reload }: { report: Report; reload: () => void }) {
  const [adding, setAdding] = useState(false);
  const may = report.can.write_agreements;
  // Here before it is asked for: at the table nobody waits.
  useEffect(() => {
    if (may) void AgreementSheet.fetch();
  }, [may]);
  if (!may) return null;

  return (
    <ActBar>
      <Button kind="primary" icon="plus" onClick={() => setAdding(true)}>
        {t('agreements.add')}
      </Button>
      {adding && <AgreementSheet report={report} agreement={null} onClose={() => setAdding(false)} onSaved={reload} />}
    </ActBar>
  );
}

function Row({
  agreement,
  report,
  onEdit,
  onChanged,
}: {
  agreement: Agreement;
  report: Report;
  onEdit: () => void;
  onChanged: () => void;
}) {
  const done = agreement.done_at !== null;
  const facts = [
    whoText(agreement, report),
    agreement.due_on ? t('agreements.due', { day: day(agreement.due_on) }) : '',
    agreement.done_at ? t('agreements.done_on', { day: day(agreement.done_at) }) : '',
  ].filter(Boolean);

  const [optimistic, setOptimistic] = useState<boolean | null>(null);
  const shownDone = optimistic ?? done;

  async function tick(next: boolean) {
    setOptimistic(next);
    await api.post(`/agreements/${agreement.id}/tick`, { done: next }).catch(told);
    onChanged();
    setOptimistic(null);
  }

  return (
    <li class="card agreement" data-done={shownDone}>
      <div class="agreement-main">
        {agreement.can.tick ? (
          <Checkbox label={agreement.what} checked={shownDone} onChange={tick} />
        ) : (
          <p class="agreement-what">{agreement.what}</p>
        )}
        <p class="small soft">{facts.join(' · ')}</p>
        {agreement.party === 'student' && !agreement.confirmed_at && report.relation !== 'student' && !done && (
          <p class="small soft">{t('agreements.not_confirmed', { name: report.student.name.split(' ')[0] ?? '' })}</p>
        )}
      </div>
      {agreement.can.edit && (
        <IconButton icon="pencil" label={t('agreements.edit_of', { what: agreement.what })} onClick={onEdit} />
      )}
      {agreement.can.confirm && !agreement.confirmed_at && (
        <Button
          small
          kind="secondary"
          icon="check"
          onClick={async () => {
            // Only the text that was read is confirmed.
            const seen = { ifMatch: agreement.version };
            await api.post(`/agreements/${agreement.id}/confirm`, undefined, seen).catch(told);
            onChanged();
          }}
        >
          {t('agreements.confirm')}
        </Button>
      )}
    </li>
  );
}
