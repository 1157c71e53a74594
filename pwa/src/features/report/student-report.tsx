import { useState } from 'preact/hooks';
import { ActBar, Banner, Button, PageHeader, Tabs } from '../../components';
import { day } from '../../lib/dates';
import { t } from '../../lib/i18n';
import { lazily } from '../../lib/lazily';
import { Agreements } from './agreements';
import { AskQuestion } from './ask-question';
import { PlanView } from './plan-view';
import { SharedContent } from './shared-content';
import type { Report } from './types';

type Part = 'feedback' | 'plan';

const Paper = lazily(() => import('../bundles/paper'), 'Paper');

/** What the mentor shared, for the student and for a guardian. */
export function StudentReport({ report, reload }: { report: Report; reload: () => void }) {
  const { round, plan, agreements, share } = report;
  const reader = report.relation === 'guardian' ? 'guardian' : 'student';
  const planIn = plan !== null && plan.versions.length > 0;
  const open = agreements.some((a) => !a.done_at);
  const [part, setPart] = useState<Part>(open ? 'plan' : 'feedback');
  const parts = planIn || agreements.length > 0;
  const content = (
    <SharedContent
      subjects={report.subjects}
      message={report.message?.text ?? ''}
      decisions={report.decisions}
      reader={reader}
      act={(subject) =>
        reader === 'student' && subject.feedback_id && <AskQuestion report={report} subject={subject} reload={reload} />
      }
    />
  );

  return (
    <>
      <PageHeader
        title={reader === 'student' ? t('report.yours') : report.student.name}
        subtitle={[round.name, share ? t('report.shared_on', { day: day(share.shared_at) }) : '']
          .filter(Boolean)
          .join(' · ')}
        back="/reports"
        backLabel={t('reports.title')}
        end={<Paper round={round} student={report.student} staff={false} />}
      />
      {round.state === 'archived' && <Banner icon="lock">{t('report.archived')}</Banner>}
      {parts ? (
        <Tabs
          label={t('report.parts')}
          value={part}
          tabs={[
            { value: 'feedback', label: t('report.part.feedback') },
            { value: 'plan', label: t('report.part.plan'), count: agreements.length || undefined },
          ]}
          onChange={(value) => setPart(value === 'plan' ? 'plan' : 'feedback')}
        >
          {part === 'feedback' ? (
            content
          ) : (
            <div class="stack loose">
              {agreements.length > 0 && <Agreements report={report} reload={reload} />}
              <PlanView report={report} />
            </div>
          )}
        </Tabs>
      ) : (
        content
      )}
      {reader === 'student' && report.can.write_plan && <PlanAct report={report} />}
    </>
  );
}

function PlanAct({ report }: { report: Report }) {
  const state = report.plan?.state ?? 'none';
  const handedIn = (report.plan?.versions.length ?? 0) > 0;
  const text = handedIn ? t('plan.revise') : state === 'draft' ? t('plan.go_on') : t('plan.start');
  return (
    <ActBar>
      <Button kind={handedIn ? 'secondary' : 'primary'} icon="pencil" href={`/rounds/${report.round.id}/plan`}>
        {text}
      </Button>
    </ActBar>
  );
}
