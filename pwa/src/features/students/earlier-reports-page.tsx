import { EmptyState, List, ListRow, Loaded, PageHeader, SkeletonList } from '../../components';
import { day } from '../../lib/dates';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import type { ScreenProps } from '../../lib/screen';
import { listAddress } from '../report/back';
import type { EarlierReports } from '../report/types';

/** The name: the reports of this student that the reader may open, the newest first. */
export default function EarlierReportsPage({ student, query }: ScreenProps<'student'>) {
  const reports = useLoad<EarlierReports>(`/students/${student}/reports`);
  const from = query.round;
  return (
    <section class="page">
      <PageHeader
        title={reports.data?.student.name ?? t('title.earlier_reports')}
        subtitle={
          reports.data
            ? [reports.data.student.home_group, t('title.earlier_reports')].filter(Boolean).join(' · ')
            : undefined
        }
        back={from ? `/rounds/${from}/students/${student}` : listAddress()}
        backLabel={from ? t('report.back_to_report') : undefined}
      />
      <Loaded from={reports} skeleton={<SkeletonList rows={3} />}>
        {(data: EarlierReports) =>
          data.reports.length > 0 ? (
            <List label={t('title.earlier_reports')}>
              {data.reports.map((report) => (
                <ListRow
                  key={report.round_id}
                  href={`/rounds/${report.round_id}/students/${student}`}
                  title={report.round_name}
                  text={
                    report.closed_at
                      ? t('students.closed_on', { day: day(report.closed_at) })
                      : t('students.still_open')
                  }
                />
              ))}
            </List>
          ) : (
            <EmptyState icon="report" title={t('students.no_reports')} text={t('students.no_reports_why')} />
          )
        }
      </Loaded>
    </section>
  );
}
