import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { ActBar, Button, ErrorState, StoplightSymbol } from '../../components';
import { announce } from '../../lib/announce';
import { api, ConnectionLost } from '../../lib/api';
import type { Autosave } from '../../lib/autosave';
import { moment } from '../../lib/dates';
import { t } from '../../lib/i18n';
import { lazily } from '../../lib/lazily';
import { questionsIn } from '../report/subjects';
import { PLAN_STEPS, type PlanContent, type Report } from '../report/types';
import { isEmpty, type Screen, same } from './steps';
import { Triangle } from './triangle';

const PushOffer = lazily(() => import('../notices/push-offer'));

/** The whole plan on one screen: read it back, change a step, hand it in. */
export function PlanSummary({
  round,
  report,
  autosave,
  address,
  onHandedIn,
}: {
  round: string;
  report: Report | null;
  autosave: Autosave<PlanContent>;
  address: (screen: Screen) => string;
  onHandedIn: () => void;
}) {
  const content = autosave.value.value;
  const [error, setError] = useState<unknown>(null);
  const questions = report ? questionsIn(report.subjects) : [];
  const last = report?.plan?.versions.at(-1);
  const unchanged = last !== undefined && same(last.content, content);
  const open = PLAN_STEPS.filter((step) => !content[step].trim()).length;

  async function handIn() {
    setError(null);
    const state = await autosave.flush();
    if (state === 'conflict' || state === 'refused') return;
    if (state !== 'saved' && state !== 'untouched') {
      setError(new ConnectionLost(t('plan.needs_connection')));
      return;
    }
    try {
      const path = `/rounds/${round}/students/${report?.student.id}/plan/hand-in`;
      const answer = await api.post<{ version?: number }>(path, undefined, { ifMatch: autosave.savedVersion });
      if (answer.version !== undefined) autosave.moved(answer.version);
      announce(t('plan.done_title'));
      onHandedIn();
    } catch (problem) {
      setError(problem);
    }
  }

  return (
    <>
      <h1 class="plan-question" tabIndex={-1}>
        {t('plan.summary')}
      </h1>
      <p class="soft">
        {last && unchanged
          ? t('plan.summary_in', { when: moment(last.handed_in_at) })
          : last
            ? t('plan.summary_changed')
            : open > 0
              ? t('plan.summary_open', { n: open })
              : t('plan.summary_text')}
      </p>
      <dl class="plan-summary">
        {PLAN_STEPS.map((step) => (
          <Answer key={step} question={t(`plan.short.${step}`)} text={content[step]} href={address(step)} />
        ))}
        {questions.map((q) => (
          <Answer
            key={q.feedback_id}
            question={
              <>
                <StoplightSymbol light={q.stoplight} size={18} /> {t('plan.question_of', { subject: q.subject })}
              </>
            }
            text={content.answers[q.feedback_id] ?? ''}
            href={address('answers')}
          />
        ))}
      </dl>
      {error !== null && <ErrorState error={error} />}
      <ActBar>
        <Button kind="ghost" href={address(questions.length > 0 ? 'answers' : 'when')}>
          {t('plan.back')}
        </Button>
        <Button kind="primary" icon="send" disabled={!report || isEmpty(content) || unchanged} onClick={handIn}>
          {last ? t('plan.hand_in_again') : t('plan.hand_in')}
        </Button>
      </ActBar>
    </>
  );
}

function Answer({ question, text, href }: { question: ComponentChildren; text: string; href: string }) {
  return (
    <div>
      <dt>
        <a href={href}>
          <span class="plan-summary-question">{question}</span>
          <span class="plan-summary-edit">{text.trim() ? t('plan.edit') : t('plan.fill')}</span>
        </a>
      </dt>
      <dd class={text.trim() ? 'prose' : 'soft'}>{text.trim() || t('plan.still_empty')}</dd>
    </div>
  );
}

/** Handed in: a moment of quiet joy. */
export function HandedIn({ back }: { back: string }) {
  return (
    <section class="page plan">
      <div class="state">
        <Triangle />
        <h1 class="title" tabIndex={-1}>
          {t('plan.done_title')}
        </h1>
        <p class="soft">{t('plan.done_text')}</p>
        <Button kind="primary" href={back}>
          {t('plan.to_feedback')}
        </Button>
      </div>
      <PushOffer reason={t('inbox.offer_plan')} />
    </section>
  );
}
