import { useLocation } from 'preact-iso';
import { Loaded, PageHeader, SkeletonCard, SkeletonText, TwoPane } from '../../components';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import type { ScreenProps } from '../../lib/screen';
import { navigation } from '../../lib/session';
import { useWide } from '../../lib/wide';
import { StudentsPane } from '../students/students-pane';
import { StaffReport } from './staff-report';
import { StudentReport } from './student-report';
import type { Report } from './types';
import './report.css';

/**
 * The report of one student in one round. Staff work in it; student and guardian read the shared version in a friendlier
 * form. On a laptop the mentor's list stays beside it.
 */
export default function ReportPage({ round, student }: ScreenProps<'round' | 'student'>) {
  const wide = useWide();
  const listed = wide && navigation.value.includes('students');
  const report = <ReportPane key={`${round}/${student}`} round={round} student={student} listed={listed} />;
  if (!listed) return report;
  return <TwoPane open list={<StudentsPane round={round} current={student} />} detail={report} />;
}

function ReportPane({ round, student, listed }: { round: string; student: string; listed: boolean }) {
  const report = useLoad<Report>(`/rounds/${round}/students/${student}/report`);
  const { path } = useLocation();
  const back = navigation.value.includes('reports') ? '/reports' : '/students';
  return (
    <section class="page report" data-path={path}>
      {!report.data && <PageHeader title={t('title.report')} back={listed ? undefined : back} />}
      <Loaded
        from={report}
        skeleton={
          <div class="stack">
            <SkeletonText rows={2} />
            <SkeletonCard />
            <SkeletonCard />
            <SkeletonCard />
          </div>
        }
      >
        {(data: Report) =>
          data.relation === 'student' || data.relation === 'guardian' ? (
            <StudentReport report={data} reload={report.reload} />
          ) : (
            <StaffReport report={data} reload={report.reload} back={listed ? undefined : back} />
          )
        }
      </Loaded>
    </section>
  );
}
