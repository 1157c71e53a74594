import { useState } from 'preact/hooks';
import { Banner, Chip, DateField } from '../../components';
import { ApiProblem } from '../../lib/api';
import { fromSchoolTime, schoolTime } from '../../lib/calendar';
import { day, moment } from '../../lib/dates';
import { t } from '../../lib/i18n';
import { useAsked } from './asked';
import { Choice } from './choice';
import { flip, type Stage } from './form-steps';
import type { RoundBody, Timing } from './types';

interface WhenProps {
  body: RoundBody;
  stage: Stage;
  error: (pointer: string) => string | undefined;
  onChange: (part: Partial<RoundBody>) => void;
}

/** What the school's calendar makes of the deadline and the reminders. */
export function useTiming(body: RoundBody, stage: Stage) {
  return useAsked<Timing>('/rounds/timing', {
    deadline: body.deadline,
    opens_at: stage === 'draft' ? (body.opens_at ?? null) : null,
    reminders: body.reminders ?? [],
  });
}

/** That the deadline falls on a day without school, if it does. */
export function DeadlineFree({ timing }: { timing: Timing | null }) {
  if (!timing?.deadline_free) return null;
  return (
    <Banner kind="attention" icon="calendar">
      {timing.deadline_holiday
        ? t('organise.when.in_holiday', { name: timing.deadline_holiday })
        : t('organise.when.in_weekend')}
    </Banner>
  );
}

/** Deadline, set times and reminders, with what the school's calendar makes of them. */
export function WhenPart({ body, stage, error, onChange }: WhenProps) {
  const { data: timing, error: wrong } = useTiming(body, stage);
  const early = (pointer: string) => error(pointer) ?? (wrong instanceof ApiProblem ? wrong.at(pointer) : undefined);
  return (
    <>
      <Moment
        label={t('organise.form.deadline')}
        value={body.deadline}
        required
        help={t('organise.form.deadline_help')}
        error={stage === 'draft' ? early('/deadline') : error('/deadline')}
        onInput={(deadline) => deadline && onChange({ deadline })}
      />
      <DeadlineFree timing={timing} />
      {timing && <Between timing={timing} />}
      <div class="organise-pair">
        <Moment
          label={t('organise.form.opens_at')}
          value={body.opens_at ?? null}
          disabled={stage !== 'draft'}
          help={t(stage === 'draft' ? 'organise.form.opens_help' : 'organise.form.opened')}
          error={early('/opens_at')}
          onInput={(opens_at) => onChange({ opens_at })}
        />
        <Moment
          label={t('organise.form.closes_at')}
          value={body.closes_at ?? null}
          help={t('organise.form.closes_help')}
          error={error('/closes_at')}
          onInput={(closes_at) => onChange({ closes_at })}
        />
      </div>
      <RemindersPart
        days={body.reminders ?? []}
        timing={timing}
        error={error('/reminders')}
        onChange={(reminders) => onChange({ reminders })}
      />
    </>
  );
}

/** How long there is, and which holidays lie in it. */
function Between({ timing }: { timing: Timing }) {
  return (
    <div class="hint">
      <p>{t('organise.when.school_days', { n: timing.school_days })}</p>
      {timing.holidays.map((one) => (
        <p key={one.first} class="small soft">
          {one.first === one.last
            ? t('organise.when.day_off', { name: one.name, day: day(one.first) })
            : t('organise.when.holiday', { name: one.name, first: day(one.first), last: day(one.last) })}
        </p>
      ))}
    </div>
  );
}

interface MomentProps {
  label: string;
  value: string | null;
  onInput: (iso: string | null) => void;
  required?: boolean;
  disabled?: boolean;
  help?: string;
  error?: string | undefined;
}

/** A day and hour on the school's clock, kept as a moment; half-typed values stay in the field. */
function Moment({ value, onInput, ...rest }: MomentProps) {
  const [local, setLocal] = useState(value ? schoolTime(value) : '');
  return (
    <DateField
      {...rest}
      time
      value={local}
      onInput={(next) => {
        setLocal(next);
        onInput(fromSchoolTime(next));
      }}
    />
  );
}

const REMINDERS = [10, 7, 5, 3, 2, 1, 0];

interface RemindersProps {
  days: readonly number[];
  timing: Timing | null;
  error: string | undefined;
  onChange: (days: number[]) => void;
}

/** How many school days before the deadline who is behind hears of it, and which moments those are. */
function RemindersPart({ days, timing, error, onChange }: RemindersProps) {
  const offered = [...new Set([...REMINDERS, ...days])].sort((a, b) => b - a);
  const name = (n: number) => (n === 0 ? t('organise.form.reminder_today') : t('organise.form.reminder', { n }));
  return (
    <div class="stack tight">
      <Choice label={t('organise.form.reminders')}>
        {offered.map((n) => (
          <Chip key={n} pressed={days.includes(n)} onClick={() => onChange(flip(days, n))}>
            {name(n)}
          </Chip>
        ))}
      </Choice>
      <p class="small soft">{t('organise.form.reminders_help')}</p>
      {error && <p class="small ink-warning">{error}</p>}
      {timing && timing.reminders.length > 0 && (
        <ul class="organise-moments" aria-label={t('organise.when.moments')}>
          {timing.reminders.map((one) => (
            <li key={one.days}>
              <span class={one.comes ? 'numeric' : 'numeric soft'}>{moment(one.at)}</span>
              <span class="small soft">
                {one.comes ? name(one.days) : `${name(one.days)}: ${t('organise.when.not_coming')}`}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
