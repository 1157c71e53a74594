import { useEffect, useRef, useState } from 'preact/hooks';
import { ActBar, Button, IconButton, Progress, SaveState } from '../../components';
import { announce } from '../../lib/announce';
import type { Autosave } from '../../lib/autosave';
import { t } from '../../lib/i18n';
import { go } from '../../lib/navigate';
import { useWide } from '../../lib/wide';
import { ConflictSheet } from '../report/conflict-sheet';
import { shownState } from '../report/save-state';
import { questionsIn } from '../report/subjects';
import { PLAN_STEPS, type PlanContent, type PlanStep, type Report } from '../report/types';
import { AnswersStep, TextStep } from './plan-step';
import { HandedIn, PlanSummary } from './plan-summary';
import { resumeAt, type Screen, screens } from './steps';

/** All screens of writing one plan; the address says which, so that going back in the browser goes one step back. */
export function PlanEditor({
  round,
  report,
  autosave,
  step,
  reload,
}: {
  round: string;
  report: Report | null;
  autosave: Autosave<PlanContent>;
  step: string | undefined;
  reload: () => void;
}) {
  const content = autosave.value.value;
  const questions = report ? questionsIn(report.subjects) : [];
  const all = screens(questions.length > 0);
  const [first] = useState<Screen>(() =>
    resumeAt(
      content,
      questions.map((q) => q.feedback_id),
    ),
  );
  const here = all.find((screen) => screen === step) ?? first;
  const at = all.indexOf(here);
  const [done, setDone] = useState(false);
  const wide = useWide();
  const next = all[at + 1];
  const before = all[at - 1];
  const top = useRef<HTMLElement>(null);
  const address = (screen: Screen) => `/rounds/${round}/plan?step=${screen}`;
  const leave = report ? `/rounds/${round}/students/${report.student.id}` : '/reports';

  const goOn = () => {
    void autosave.flush();
    if (next) go(address(next));
  };
  const latest = useRef(goOn);
  latest.current = goOn;

  // A new step is a new screen; the heading says which.
  useEffect(() => {
    const heading = top.current?.querySelector<HTMLElement>('h1');
    const typing = document.activeElement instanceof HTMLTextAreaElement;
    if (step && heading && !(typing && document.activeElement?.closest('.plan-screen'))) {
      heading.focus({ preventScroll: true });
      announce(t('plan.step_of', { at: at + 1, total: all.length }));
    }
    scrollTo(0, 0);
  }, [here, done]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      latest.current();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  if (done) return <HandedIn back={leave} />;

  const set = (key: PlanStep, text: string) => autosave.change({ ...autosave.value.peek(), [key]: text });
  const answer = (id: string, text: string) => {
    const now = autosave.value.peek();
    autosave.change({ ...now, answers: { ...now.answers, [id]: text } });
  };
  return (
    <section class="page plan" ref={top}>
      <header class="plan-head">
        <IconButton icon="close" label={t('plan.leave')} href={leave} />
        <p class="small soft">
          {t('title.plan')}
          <span aria-hidden="true"> · </span>
          <span class="plan-step-of">{t('plan.step_of', { at: at + 1, total: all.length })}</span>
        </p>
        <SaveState
          state={shownState(autosave.state.value)}
          onRetry={autosave.conflict.value ? undefined : () => void autosave.flush()}
        />
      </header>
      <Progress value={at + 1} max={all.length} label={t('plan.step_of', { at: at + 1, total: all.length })} />
      <PlanConflict autosave={autosave} />
      <div class="plan-screen stack" key={here}>
        {here === 'summary' ? (
          <PlanSummary
            round={round}
            report={report}
            autosave={autosave}
            address={address}
            onHandedIn={() => {
              setDone(true);
              reload();
            }}
          />
        ) : here === 'answers' ? (
          <AnswersStep questions={questions} answers={content.answers} onInput={answer} />
        ) : (
          <TextStep
            step={here}
            content={content}
            report={report}
            autoFocus={wide}
            onInput={(text) => set(here, text)}
          />
        )}
      </div>
      {here !== 'summary' && (
        <ActBar>
          {before && (
            <Button kind="ghost" href={address(before)}>
              {t('plan.back')}
            </Button>
          )}
          <Button kind="primary" onClick={goOn}>
            {t('plan.next')}
          </Button>
        </ActBar>
      )}
    </section>
  );
}

function PlanConflict({ autosave }: { autosave: Autosave<PlanContent> }) {
  const conflict = autosave.conflict.value;
  if (!conflict) return null;
  const mine = autosave.value.value;
  const { theirs } = conflict;
  const ids = [...new Set([...Object.keys(mine.answers), ...Object.keys(theirs.answers)])];
  return (
    <ConflictSheet
      parts={[
        ...PLAN_STEPS.map((step) => ({
          key: step as string,
          label: t(`plan.short.${step}`),
          mine: mine[step],
          theirs: theirs[step],
        })),
        ...ids.map((id) => ({
          key: `answer:${id}`,
          label: t('plan.short.answers'),
          mine: mine.answers[id] ?? '',
          theirs: theirs.answers[id] ?? '',
        })),
      ]}
      onChoose={(chosen) => {
        const texts = Object.fromEntries(PLAN_STEPS.map((step) => [step, chosen[step] ?? '']));
        const answers = Object.fromEntries(ids.map((id) => [id, chosen[`answer:${id}`] ?? '']));
        autosave.resolve({ ...(texts as Record<PlanStep, string>), answers });
      }}
    />
  );
}
