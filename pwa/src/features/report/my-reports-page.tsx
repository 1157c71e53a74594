import { Chip, EmptyState, List, ListRow, Loaded, PageHeader, SkeletonList } from '../../components';
import { day } from '../../lib/dates';
import { t } from '../../lib/i18n';
import { useKept } from '../../lib/kept';
import { lazily } from '../../lib/lazily';
import { me } from '../../lib/session';
import type { MyReport } from './types';

const PushOffer = lazily(() => import('../notices/push-offer'));

/** The reports that were shared with a student or a guardian, the newest first; a guardian's per child. */
export default function MyReportsPage() {
  const reports = useKept<MyReport[]>('/my/reports');
  return (
    <section class="page">
      <PageHeader title={t('reports.title')} />
      <Loaded from={reports} skeleton={<SkeletonList rows={3} />}>
        {(list: MyReport[]) => {
          if (list.length === 0)
            return <EmptyState icon="report" title={t('reports.none')} text={t('reports.none_why')} />;
          const students = [...new Map(list.map((r) => [r.student.id, r.student])).values()];
          const own = students.length === 1 && students[0]?.id === me.value?.id;
          return (
            <div class="stack loose">
              {students.map((student) => (
                <section key={student.id} class="stack tight">
                  {!own && (
                    <h2 class="heading">
                      {student.name}
                      {student.home_group && <span class="soft"> · {student.home_group}</span>}
                    </h2>
                  )}
                  <List label={own ? t('reports.title') : student.name}>
                    {list
                      .filter((r) => r.student.id === student.id)
                      .map((r) => (
                        <ListRow
                          key={r.round_id}
                          href={`/rounds/${r.round_id}/students/${student.id}`}
                          title={r.round_name}
                          text={[t('report.shared_on', { day: day(r.shared_at) }), planText(r, own)]
                            .filter(Boolean)
                            .join(' · ')}
                          end={r.new ? <Chip>{t('reports.new')}</Chip> : undefined}
                        />
                      ))}
                  </List>
                </section>
              ))}
            </div>
          );
        }}
      </Loaded>
      {reports.data && <PushOffer reason={t('inbox.offer_reports')} />}
    </section>
  );
}

function planText(report: MyReport, own: boolean): string {
  if (report.plan_state === 'draft') return own ? t('reports.plan.draft') : '';
  if (report.plan_state === 'none') return own ? t('reports.plan.none') : '';
  return t(`reports.plan.${report.plan_state}`);
}
