import { useState } from 'preact/hooks';
import { EmptyState, PageHeader, Steps, StoplightStrip, SubjectCard, Tabs } from '../../components';
import { shortDay } from '../../lib/calendar';
import { day } from '../../lib/dates';
import { t } from '../../lib/i18n';
import { lazily } from '../../lib/lazily';
import { AgreementActs, Agreements } from './agreements';
import { ClockSheet } from './clock-sheet';
import { MentorMessageField } from './mentor-message';
import { PlanView } from './plan-view';
import { ShareAct, ShareState } from './share-bar';
import { careFirst, inOrder, missing } from './subjects';
import type { Report, SubjectFeedback } from './types';

const Decisions = lazily(() => import('../board/board-decisions'));

type Part = 'feedback' | 'plan';

const Paper = lazily(() => import('../bundles/paper'), 'Paper');

/** The report as mentor, teacher or leader works with it: care on top, then what goes well, then what is missing. */
export function StaffReport({
  report,
  reload,
  back,
}: {
  report: Report;
  reload: () => void;
  back: string | undefined;
}) {
  const { student, round, share, plan } = report;
  const planIn = plan?.state === 'handed_in' || plan?.state === 'concluded';
  const [part, setPart] = useState<Part>(planIn ? 'plan' : 'feedback');
  const strip = report.subjects.flatMap((s) => (s.stoplight ? [{ stoplight: s.stoplight, name: s.subject }] : []));

  return (
    <>
      <PageHeader
        title={student.name}
        titleHref={`/students/${student.id}?round=${round.id}`}
        titleHint={t('report.earlier')}
        subtitle={[student.home_group, round.name].filter(Boolean).join(' · ')}
        back={back}
        end={report.relation !== 'teacher' && <Paper round={round} student={student} />}
      />
      {strip.length > 0 && <StoplightStrip items={inOrder(strip).map((s) => ({ light: s.stoplight, name: s.name }))} />}
      <ReportSteps report={report} />
      <ShareState report={report} reload={reload} />
      {share ? (
        <Tabs
          label={t('report.parts')}
          value={part}
          tabs={[
            { value: 'feedback', label: t('report.part.feedback') },
            { value: 'plan', label: t('report.part.plan'), count: report.agreements.length || undefined },
          ]}
          onChange={(value) => setPart(value === 'plan' ? 'plan' : 'feedback')}
        >
          {part === 'feedback' ? (
            <Feedback report={report} reload={reload} />
          ) : (
            <div class="stack loose">
              <PlanView report={report} />
              <Agreements report={report} reload={reload} />
            </div>
          )}
        </Tabs>
      ) : (
        <Feedback report={report} reload={reload} />
      )}
      {share && part === 'plan' ? (
        <AgreementActs report={report} reload={reload} />
      ) : (
        <ShareAct report={report} reload={reload} />
      )}
    </>
  );
}

function ReportSteps({ report }: { report: Report }) {
  const { progress, share, plan, round } = report;
  const feedbackDone = round.state !== 'open' || (progress !== null && progress.done >= progress.total);
  const planIn = plan?.state === 'handed_in' || plan?.state === 'concluded';
  const talked = plan?.state === 'concluded';
  const read = (report.readers?.length ?? 0) > 0;
  const steps = [
    {
      key: 'feedback',
      label: t('report.step.feedback'),
      detail: progress ? t('students.n_of_m', { done: progress.done, total: progress.total }) : undefined,
      state: feedbackDone || share ? 'done' : 'now',
    },
    ...(round.sharing || share
      ? ([
          {
            key: 'shared',
            label: t('report.step.shared'),
            detail: share ? (read ? t('report.step.read') : shortDay(share.shared_at)) : undefined,
            state: share ? 'done' : feedbackDone ? 'now' : 'todo',
          },
          {
            key: 'plan',
            label: t('report.step.plan'),
            detail: planIn ? t('report.step.in') : undefined,
            state: planIn ? 'done' : share ? 'now' : 'todo',
          },
          { key: 'talk', label: t('report.step.talk'), state: talked ? 'done' : planIn ? 'now' : 'todo' },
        ] as const)
      : []),
  ] as const;
  return <Steps steps={[...steps]} />;
}

/** Instead of a remark: why there is no picture yet, or that something is still missing. */
function noteOf(s: SubjectFeedback): string | undefined {
  if (s.stoplight === 'no_picture' && s.remark) return s.remark;
  return s.complete || s.until ? undefined : t('report.incomplete');
}

function Feedback({ report, reload }: { report: Report; reload: () => void }) {
  const [clock, setClock] = useState<SubjectFeedback | null>(null);
  const given = careFirst(report.subjects);
  const waiting = missing(report.subjects);
  return (
    <div class="stack loose">
      <h2 class="visually-hidden">{t('report.part.feedback')}</h2>
      {given.length > 0 ? (
        <div class="subjects">
          {given.map((s) => (
            <SubjectCard
              key={`${s.subject_id}/${s.group}`}
              subject={s.subject}
              light={s.stoplight}
              remark={s.stoplight === 'no_picture' ? '' : s.remark}
              action={s.action}
              was={s.was?.stoplight ?? null}
              wasRound={s.was?.round_name}
              by={[...s.teachers, s.group].join(' · ')}
              until={s.until ? day(s.until) : undefined}
              note={noteOf(s)}
              onClock={s.subject_id ? () => setClock(s) : undefined}
            />
          ))}
        </div>
      ) : (
        <EmptyState
          icon="report"
          title={t('report.nothing_yet')}
          text={report.round.state === 'open' ? t('report.nothing_yet_open') : t('report.nothing_came')}
        />
      )}
      {waiting.length > 0 && given.length > 0 && (
        <section class="stack tight">
          <h2 class="label">{report.round.state === 'open' ? t('report.waiting_for') : t('report.did_not_come')}</h2>
          <p class="soft">{waiting.map((s) => s.subject).join(', ')}</p>
        </section>
      )}
      {(report.can.decide || report.decisions.length > 0) && (
        <Decisions
          path={`/rounds/${report.round.id}/students/${report.student.id}`}
          decisions={report.decisions}
          decide={report.can.decide}
          agree={report.can.write_agreements}
          level={2}
          onChanged={reload}
        />
      )}
      {report.can.write_message ? (
        <MentorMessageField report={report} />
      ) : (
        report.message && (
          <section class="stack tight">
            <h2 class="heading">{t('report.message')}</h2>
            <p class="prose">{report.message.text}</p>
          </section>
        )
      )}
      {clock && (
        <ClockSheet student={report.student} round={report.round.id} subject={clock} onClose={() => setClock(null)} />
      )}
    </div>
  );
}
