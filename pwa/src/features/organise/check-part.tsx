import { FOUR, List, ListRow, stoplightName } from '../../components';
import { deadline } from '../../lib/calendar';
import { moment } from '../../lib/dates';
import { t } from '../../lib/i18n';
import type { FormStep, Stage } from './form-steps';
import type { AudienceChoices, AudiencePreview, RoundBody } from './types';
import { DeadlineFree, useTiming } from './when-part';
import { NO_WORDS } from './words-part';
import { Workload } from './workload';

interface CheckProps {
  body: RoundBody;
  stage: Stage;
  choices: AudienceChoices;
  preview: AudiencePreview | null;
  onChoose: (step: FormStep) => void;
}

/** The whole plan on one page, each line leading to its step, with what to know before it opens and what it asks of each teacher. */
export function CheckPart({ body, stage, choices, preview, onChoose }: CheckProps) {
  const { data: timing } = useTiming(body, stage);
  const lines: [FormStep, string][] = [
    ['what', body.name.trim()],
    ['who', whom(body, choices)],
    ['when', when(body)],
    ['ask', asks(body)],
    ['words', ownWords(body)],
  ];
  return (
    <>
      <List label={t('organise.check.plan')}>
        {lines.map(([step, text]) => (
          <ListRow
            key={step}
            title={t(`organise.step.${step}`)}
            text={text || <span class="ink-warning">{t('organise.check.no_name')}</span>}
            onClick={() => onChoose(step)}
          />
        ))}
      </List>
      <DeadlineFree timing={timing} />
      {preview && <Workload preview={preview} />}
    </>
  );
}

function whom({ audience }: RoundBody, choices: AudienceChoices): string {
  const homes = choices.home_groups.filter((home) => audience?.home_group_ids?.includes(home.id));
  const parts =
    homes.length > 0
      ? [homes.map((home) => home.title).join(', ')]
      : [
          (audience?.levels ?? []).join(', '),
          (audience?.years ?? []).map((year) => t('organise.form.year', { year })).join(', '),
        ];
  const who = parts.filter(Boolean).join(' · ') || t('organise.check.everybody');
  const without = choices.subjects.filter((subject) => audience?.left_out_subject_ids?.includes(subject.id));
  if (without.length === 0) return who;
  return `${who} · ${t('organise.check.without', { subjects: without.map((subject) => subject.name).join(', ') })}`;
}

function when(body: RoundBody): string {
  return [
    t('organise.deadline', { when: deadline(body.deadline) }),
    body.opens_at && t('organise.check.opens', { when: moment(body.opens_at) }),
    body.closes_at && t('organise.check.closes', { when: moment(body.closes_at) }),
    t('organise.check.reminders', { n: body.reminders?.length ?? 0 }),
  ]
    .filter(Boolean)
    .join(' · ');
}

function asks({ required, required_by_year: byYear, sharing }: RoundBody): string {
  const lights = FOUR.filter((light) => required?.[light]?.remark || required?.[light]?.action).map(stoplightName);
  return [
    lights.length > 0 ? t('organise.check.asks', { lights: lights.join(', ') }) : t('organise.check.asks_nothing'),
    byYear?.length ? t('organise.check.years', { n: byYear.length }) : '',
    t((sharing ?? true) ? 'organise.check.shared' : 'organise.check.not_shared'),
  ]
    .filter(Boolean)
    .join(' · ');
}

function ownWords({ words }: RoundBody): string {
  const n = Object.values(words ?? NO_WORDS).filter((said) => said.trim()).length;
  return n > 0 ? t('organise.check.words', { n }) : t('organise.check.fixed_words');
}
