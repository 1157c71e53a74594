import { useEffect, useRef } from 'preact/hooks';
import { Loaded, PageHeader, SkeletonCard, SkeletonText, TwoPane } from '../../components';
import { t } from '../../lib/i18n';
import { useKept } from '../../lib/kept';
import { useLoad } from '../../lib/load';
import type { ScreenProps } from '../../lib/screen';
import { navigation } from '../../lib/session';
import { useWide } from '../../lib/wide';
import { groupActs, reportActs } from '../students/state';
import { StudentsPane } from '../students/students-pane';
import { listAddress } from './back';
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
  const address = `/rounds/${round}/students/${student}/report`;
  // The own report, or that of one's child, can be read without a network; those of a whole class stay off the device.
  const places = navigation.value;
  const own = places.includes('reports') && !places.includes('students') && !places.includes('rounds');
  const kept = useKept<Report>(own ? address : null);
  const fetched = useLoad<Report>(own ? null : address);
  const report = own ? kept : fetched;
  const acts = groupActs.value;
  const seenActs = useRef(acts);
  useEffect(() => {
    if (seenActs.current === acts) return;
    seenActs.current = acts;
    report.reload();
  }, [acts, report.reload]);
  const changed = () => {
    reportActs.value += 1;
    report.reload();
  };
  const back = listAddress(round);
  return (
    <section class="page report">
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
            <StudentReport report={data} reload={changed} />
          ) : (
            <StaffReport report={data} reload={changed} back={listed ? undefined : back} />
          )
        }
      </Loaded>
    </section>
  );
}
