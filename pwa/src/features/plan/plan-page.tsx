import { useEffect, useState } from 'preact/hooks';
import { Button, EmptyState, ErrorState, PageHeader, SkeletonText } from '../../components';
import { ApiProblem, ConnectionLost } from '../../lib/api';
import type { Autosave } from '../../lib/autosave';
import { t } from '../../lib/i18n';
import { useKept } from '../../lib/kept';
import type { ScreenProps } from '../../lib/screen';
import { me } from '../../lib/session';
import { PlanTexts } from '../report/plan-view';
import type { PlanContent, Report } from '../report/types';
import { planAutosave } from './autosave';
import { PlanEditor } from './plan-editor';
import { working } from './steps';
import './plan.css';

/** The student writes the plan of action: one step per screen, saved at every word. */
export default function PlanPage({ round, query }: ScreenProps<'round'>) {
  const person = me.value?.id ?? '';
  const report = useKept<Report>(person ? `/rounds/${round}/students/${person}/report` : null);
  const [autosave] = useState<Autosave<PlanContent>>(() => planAutosave(person, round));
  const [started, setStarted] = useState<boolean | null>(null);
  const { data, error, loading } = report;
  const lost = error instanceof ConnectionLost;

  useEffect(() => {
    if (started || loading || (error && !lost)) return;
    // What this device kept of the report may be old: only an answer of the server says what it has.
    const server = data && !lost ? { value: working(data.plan), version: data.plan?.version ?? 0 } : null;
    void autosave.start(server).then(setStarted);
  }, [started, loading, error, lost, data, autosave]);
  useEffect(() => () => autosave.stop(), [autosave]);

  const back = data ? `/rounds/${round}/students/${person}` : '/reports';
  if (started && (!data || data.can.write_plan))
    return (
      <PlanEditor round={round} report={data ?? null} autosave={autosave} step={query.step} reload={report.reload} />
    );

  return (
    <section class="page plan">
      <PageHeader title={t('title.plan')} subtitle={data?.round.name} back={back} />
      {!person ? (
        <ErrorState error={new ConnectionLost(t('plan.needs_connection'))} onRetry={() => location.reload()} />
      ) : data && !loading && !data.can.write_plan ? (
        <ReadOnly report={data} back={back} />
      ) : error instanceof ApiProblem && error.status === 404 ? (
        <EmptyState icon="report" title={t('plan.not_shared')} text={t('plan.not_shared_why')} />
      ) : error && (!lost || started === false) ? (
        <ErrorState error={error} onRetry={report.reload} />
      ) : (
        <div class="stack">
          <SkeletonText rows={2} />
          <SkeletonText rows={4} />
        </div>
      )}
    </section>
  );
}

/** Nothing can be written any more, or not by this reader: says why and shows what there is. */
function ReadOnly({ report, back }: { report: Report; back: string }) {
  const last = report.plan?.versions.at(-1);
  return (
    <div class="stack">
      <p class="soft">{report.plan?.state === 'concluded' ? t('plan.concluded_why') : t('report.archived')}</p>
      {last && <PlanTexts content={last.content} report={report} />}
      <Button href={back}>{t('plan.to_feedback')}</Button>
    </div>
  );
}
