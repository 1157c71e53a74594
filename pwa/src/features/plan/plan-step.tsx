import { useRef } from 'preact/hooks';
import { Chip, Field, StoplightLabel, StoplightSymbol } from '../../components';
import { t } from '../../lib/i18n';
import { careFirst, forStudent, type Question } from '../report/subjects';
import type { PlanContent, PlanStep, Report, SubjectFeedback } from '../report/types';
import { withStarter } from './steps';

const STARTERS = [1, 2, 3] as const;

/** One question of the plan, with ways to begin a sentence and what teachers wrote about it. */
export function TextStep({
  step,
  content,
  report,
  autoFocus,
  onInput,
}: {
  step: PlanStep;
  content: PlanContent;
  report: Report | null;
  autoFocus: boolean;
  onInput: (text: string) => void;
}) {
  const field = useRef<HTMLTextAreaElement>(null);
  const value = content[step];

  function start(starter: string) {
    const text = withStarter(value, starter);
    onInput(text);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(text.length, text.length);
    });
  }

  return (
    <>
      <h1 class="plan-question" tabIndex={-1}>
        {t(`plan.question.${step}`)}
      </h1>
      <p class="soft">{t(`plan.help.${step}`)}</p>
      <Field
        label={t('plan.your_answer')}
        multiline
        minRows={5}
        autoFocus={autoFocus}
        value={value}
        onInput={onInput}
        inputRef={field}
      />
      <fieldset class="row">
        <legend class="visually-hidden">{t('plan.starters')}</legend>
        {STARTERS.map((n) => {
          const starter = t(`plan.starter.${step}.${n}`);
          return (
            <Chip key={n} onClick={() => start(starter)}>
              {starter}
            </Chip>
          );
        })}
      </fieldset>
      <Context step={step} content={content} report={report} />
    </>
  );
}

/** What belongs to the question: feedback to look back at, or what the student wrote in an earlier step. */
function Context({ step, content, report }: { step: PlanStep; content: PlanContent; report: Report | null }) {
  if ((step === 'how' || step === 'help' || step === 'when') && content.improve.trim())
    return (
      <div class="hint">
        <p class="small soft">{t('plan.you_wrote')}</p>
        <p class="prose">{content.improve}</p>
      </div>
    );
  if (!report) return null;
  const { well } = forStudent(report.subjects);
  const care = careFirst(report.subjects).filter((s) => s.stoplight === 'attention' || s.stoplight === 'warning');
  const about = (step === 'proud' ? well : care.length > 0 ? care : well).filter((s) => s.remark || s.action);
  if (about.length === 0) return null;
  return (
    <details class="look-back">
      <summary>{step === 'proud' ? t('plan.look_well') : t('plan.look_care')}</summary>
      <ul class="list">
        {about.map((s) => (
          <LookBack key={`${s.subject_id}/${s.group}`} subject={s} withAction={step !== 'proud'} />
        ))}
      </ul>
    </details>
  );
}

function LookBack({ subject, withAction }: { subject: SubjectFeedback; withAction: boolean }) {
  return (
    <li class="stack tight look-back-item">
      <p class="row spread">
        <span class="label">{subject.subject}</span>
        {subject.stoplight && <StoplightLabel light={subject.stoplight} size={18} />}
      </p>
      {subject.remark && <p class="prose">{subject.remark}</p>}
      {withAction && subject.action && <p class="prose soft">{subject.action}</p>}
    </li>
  );
}

/** The questions that teachers asked in their feedback. */
export function AnswersStep({
  questions,
  answers,
  onInput,
}: {
  questions: readonly Question[];
  answers: Readonly<Record<string, string>>;
  onInput: (id: string, text: string) => void;
}) {
  return (
    <>
      <h1 class="plan-question" tabIndex={-1}>
        {t('plan.question.answers', { n: questions.length })}
      </h1>
      <p class="soft">{t('plan.help.answers')}</p>
      {questions.map((q) => (
        <section key={q.feedback_id} class="card stack tight">
          <h2 class="label plan-asked">
            <StoplightSymbol light={q.stoplight} size={22} />
            {t('plan.question_of', { subject: q.subject })}
          </h2>
          <Field
            label={q.text}
            multiline
            minRows={2}
            value={answers[q.feedback_id] ?? ''}
            onInput={(text) => onInput(q.feedback_id, text)}
          />
        </section>
      ))}
    </>
  );
}
