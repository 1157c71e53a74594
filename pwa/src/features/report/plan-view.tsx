import { useState } from 'preact/hooks';
import { EmptyState, SelectField, StoplightSymbol } from '../../components';
import { moment } from '../../lib/dates';
import { t } from '../../lib/i18n';
import { questionsIn } from './subjects';
import { PLAN_STEPS, type PlanContent, type Report } from './types';
import './report.css';

/** The plan as it was handed in, with its earlier versions. */
export function PlanView({ report }: { report: Report }) {
  const versions = report.plan?.versions ?? [];
  const last = versions.at(-1);
  const [number, setNumber] = useState<number | null>(null);
  const shown = versions.find((v) => v.number === number) ?? last;
  const given = report.student.name.split(' ')[0] ?? report.student.name;
  if (!shown || !last) {
    return (
      <section class="stack tight">
        <h2 class="heading">{t('plan.title')}</h2>
        <EmptyState
          icon="pencil"
          title={t('plan.none')}
          text={report.relation === 'student' ? t('plan.none_student') : t('plan.none_why', { name: given })}
        />
      </section>
    );
  }
  return (
    <section class="stack tight">
      <div class="row spread">
        <h2 class="heading">{t('plan.title')}</h2>
        <p class="small soft">{t('plan.handed_in_at', { when: moment(shown.handed_in_at) })}</p>
      </div>
      {versions.length > 1 && (
        <SelectField
          label={t('plan.versions')}
          value={String(shown.number)}
          options={[...versions].reverse().map((v) => ({
            value: String(v.number),
            label: t('plan.version_of', { number: v.number, when: moment(v.handed_in_at) }),
          }))}
          onInput={(value) => setNumber(Number(value))}
        />
      )}
      <PlanTexts content={shown.content} report={report} />
    </section>
  );
}

/** The texts of a plan below each other, each under its question. */
export function PlanTexts({ content, report }: { content: PlanContent; report: Report }) {
  const questions = questionsIn(report.subjects).filter((q) => content.answers[q.feedback_id]?.trim());
  return (
    <dl class="card plan-texts">
      {PLAN_STEPS.filter((step) => content[step].trim()).map((step) => (
        <div key={step}>
          <dt>{t(`plan.short.${step}`)}</dt>
          <dd class="prose">{content[step]}</dd>
        </div>
      ))}
      {questions.map((q) => (
        <div key={q.feedback_id}>
          <dt>
            <StoplightSymbol light={q.stoplight} size={18} /> {t('plan.question_of', { subject: q.subject })}{' '}
            <span class="prose">{q.text}</span>
          </dt>
          <dd class="prose">{content.answers[q.feedback_id]}</dd>
        </div>
      ))}
    </dl>
  );
}
