import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import {
  ActBar,
  Banner,
  Button,
  Checkbox,
  Chip,
  DateField,
  Field,
  FOUR,
  StoplightLabel,
  Switch,
} from '../../components';
import { ApiProblem, api } from '../../lib/api';
import { fromSchoolTime, schoolTime } from '../../lib/calendar';
import { t } from '../../lib/i18n';
import type { AudienceChoices, AudiencePreview, RoundBody } from './types';
import './organise.css';

export interface RoundFormProps {
  start: RoundBody;
  choices: AudienceChoices;
  /** Once a round was opened, what would touch written texts is fixed. */
  fixed?: boolean;
  /** Where what is typed waits if the page is left by accident. */
  draftKey: string;
  act: string;
  /** Sends it; a thrown ApiProblem is shown at its fields. */
  onSave: (body: RoundBody) => Promise<void>;
}

/** One form for a new round, a draft, and what may still change later. */
export function RoundForm({ start, choices, fixed = false, draftKey, act, onSave }: RoundFormProps) {
  const [body, setBody] = useState<RoundBody>(() => kept(draftKey) ?? start);
  const [problem, setProblem] = useState<unknown>(null);
  const top = useRef<HTMLDivElement>(null);
  const change = (part: Partial<RoundBody>) => {
    setBody((old) => {
      const next = { ...old, ...part };
      sessionStorage.setItem(draftKey, JSON.stringify(next));
      return next;
    });
    setProblem(null);
  };
  const error = (pointer: string) => (problem instanceof ApiProblem ? problem.at(pointer) : undefined);
  const save = async () => {
    try {
      await onSave(body);
      sessionStorage.removeItem(draftKey);
    } catch (thrown) {
      setProblem(thrown);
      top.current?.scrollIntoView({ block: 'start' });
    }
  };
  return (
    <div class="stack loose" ref={top}>
      {problem !== null && (
        <Banner kind="warning" icon="alert">
          {problem instanceof ApiProblem ? `${problem.title}. ${problem.detail}` : t('organise.form.offline')}
        </Banner>
      )}
      <section class="stack">
        <Field
          label={t('organise.form.name')}
          value={body.name}
          max={120}
          required
          placeholder={t('organise.form.name_place')}
          error={error('/name')}
          onInput={(name) => change({ name })}
        />
        <Field
          label={t('organise.form.explanation')}
          hint={t('organise.form.explanation_hint')}
          help={t('organise.form.explanation_help')}
          multiline
          max={4000}
          value={body.explanation ?? ''}
          error={error('/explanation')}
          onInput={(explanation) => change({ explanation })}
        />
      </section>
      <section class="stack" aria-labelledby="form-when">
        <h2 class="heading" id="form-when">
          {t('organise.form.when')}
        </h2>
        <Moment
          label={t('organise.form.deadline')}
          value={body.deadline}
          required
          help={t('organise.form.deadline_help')}
          error={error('/deadline')}
          onInput={(deadline) => deadline && change({ deadline })}
        />
        <div class="organise-pair">
          <Moment
            label={t('organise.form.opens_at')}
            value={body.opens_at ?? null}
            disabled={fixed}
            help={t('organise.form.opens_help')}
            error={error('/opens_at')}
            onInput={(opens_at) => change({ opens_at })}
          />
          <Moment
            label={t('organise.form.closes_at')}
            value={body.closes_at ?? null}
            help={t('organise.form.closes_help')}
            error={error('/closes_at')}
            onInput={(closes_at) => change({ closes_at })}
          />
        </div>
        <RemindersPart
          days={body.reminders ?? []}
          error={error('/reminders')}
          onChange={(reminders) => change({ reminders })}
        />
      </section>
      <AudiencePart
        audience={body.audience ?? {}}
        choices={choices}
        fixed={fixed}
        error={error('/audience')}
        onChange={(audience) => change({ audience })}
      />
      <RequiredPart required={body.required ?? {}} fixed={fixed} onChange={(required) => change({ required })} />
      <section class="stack" aria-labelledby="form-share">
        <h2 class="heading" id="form-share">
          {t('organise.form.share')}
        </h2>
        <Switch
          label={t('organise.form.sharing')}
          help={t('organise.form.sharing_help')}
          checked={body.sharing ?? true}
          onChange={(sharing) => change({ sharing })}
        />
        <Switch
          label={t('organise.form.watch')}
          help={t('organise.form.watch_help')}
          checked={body.mentors_watch ?? false}
          onChange={(mentors_watch) => change({ mentors_watch })}
        />
      </section>
      <ActBar>
        <Button kind="primary" wide onClick={save}>
          {act}
        </Button>
      </ActBar>
    </div>
  );
}

function kept(key: string): RoundBody | null {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null') as RoundBody | null;
  } catch {
    return null;
  }
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
  error: string | undefined;
  onChange: (days: number[]) => void;
}

/** How many school days before the deadline who is behind hears of it. */
function RemindersPart({ days, error, onChange }: RemindersProps) {
  const offered = [...new Set([...REMINDERS, ...days])].sort((a, b) => b - a);
  return (
    <div>
      <Choice label={t('organise.form.reminders')}>
        {offered.map((n) => (
          <Chip key={n} pressed={days.includes(n)} onClick={() => onChange(flip(days, n))}>
            {n === 0 ? t('organise.form.reminder_today') : t('organise.form.reminder', { n })}
          </Chip>
        ))}
      </Choice>
      <p class="small soft">{t('organise.form.reminders_help')}</p>
      {error && <p class="small ink-warning">{error}</p>}
    </div>
  );
}

type Audience = NonNullable<RoundBody['audience']>;

function flip<T>(list: readonly T[] | undefined, one: T): T[] {
  const old = list ?? [];
  return old.includes(one) ? old.filter((each) => each !== one) : [...old, one];
}

interface AudienceProps {
  audience: Audience;
  choices: AudienceChoices;
  fixed: boolean;
  error: string | undefined;
  onChange: (audience: Audience) => void;
}

function AudiencePart({ audience, choices, fixed, error, onChange }: AudienceProps) {
  const fits = choices.home_groups.filter(
    (home) =>
      (!audience.levels?.length || audience.levels.includes(home.level)) &&
      (!audience.years?.length || (home.year !== null && audience.years.includes(home.year ?? 0))),
  );
  return (
    <section class="stack" aria-labelledby="form-who">
      <div>
        <h2 class="heading" id="form-who">
          {t('organise.form.who')}
        </h2>
        <p class="small soft">{fixed ? t('organise.form.fixed') : t('organise.form.who_help')}</p>
        {error && <p class="small ink-warning">{error}</p>}
      </div>
      <Choice label={t('organise.form.levels')}>
        {choices.levels.map((level) => (
          <Chip
            key={level}
            disabled={fixed}
            pressed={audience.levels?.includes(level) ?? false}
            onClick={() => onChange({ ...audience, levels: flip(audience.levels, level), home_group_ids: [] })}
          >
            {level}
          </Chip>
        ))}
      </Choice>
      <Choice label={t('organise.form.years')}>
        {choices.years.map((year) => (
          <Chip
            key={year}
            disabled={fixed}
            pressed={audience.years?.includes(year) ?? false}
            onClick={() => onChange({ ...audience, years: flip(audience.years, year), home_group_ids: [] })}
          >
            {t('organise.form.year', { year })}
          </Chip>
        ))}
      </Choice>
      <Choice label={t('organise.form.home_groups')}>
        {fits.map((home) => (
          <Chip
            key={home.id}
            disabled={fixed}
            pressed={audience.home_group_ids?.includes(home.id) ?? false}
            onClick={() => onChange({ ...audience, home_group_ids: flip(audience.home_group_ids, home.id) })}
          >
            {home.title}
          </Chip>
        ))}
      </Choice>
      <details class="organise-more">
        <summary>
          {t('organise.form.left_out')}
          {audience.left_out_subject_ids?.length ? ` (${audience.left_out_subject_ids.length})` : ''}
        </summary>
        <Choice label={t('organise.form.left_out')}>
          {choices.subjects.map((subject) => (
            <Chip
              key={subject.id}
              disabled={fixed}
              pressed={audience.left_out_subject_ids?.includes(subject.id) ?? false}
              onClick={() =>
                onChange({ ...audience, left_out_subject_ids: flip(audience.left_out_subject_ids, subject.id) })
              }
            >
              {subject.name}
            </Chip>
          ))}
        </Choice>
      </details>
      {!fixed && <Preview audience={audience} />}
    </section>
  );
}

function Choice({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <fieldset class="organise-choice">
      <legend class="label">{label}</legend>
      <div class="organise-chips">{children}</div>
    </fieldset>
  );
}

/** What the choice comes to, so that nobody opens a round for nobody. */
function Preview({ audience }: { audience: Audience }) {
  const [found, setFound] = useState<AudiencePreview | null>(null);
  const asked = JSON.stringify(audience);
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      api
        .post<AudiencePreview>('/rounds/preview', { audience: JSON.parse(asked) }, { signal: stop.signal })
        .then(setFound, () => setFound(null));
    }, 250);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [asked]);
  if (!found) return null;
  if (found.pairs === 0) {
    return (
      <Banner kind="attention" icon="info">
        {t('organise.form.nobody')}
      </Banner>
    );
  }
  return (
    <div class="hint" role="status">
      <p>{t('organise.form.preview', { students: found.students, groups: found.groups, teachers: found.teachers })}</p>
      {found.groups_without_teacher.length > 0 && (
        <p class="ink-attention">
          {t('organise.form.no_teacher', { groups: found.groups_without_teacher.join(', ') })}
        </p>
      )}
    </div>
  );
}

type Required = NonNullable<RoundBody['required']>;

function RequiredPart(props: { required: Required; fixed: boolean; onChange: (required: Required) => void }) {
  const { required, fixed, onChange } = props;
  return (
    <section class="stack" aria-labelledby="form-required">
      <div>
        <h2 class="heading" id="form-required">
          {t('organise.form.required')}
        </h2>
        <p class="small soft">{fixed ? t('organise.form.fixed') : t('organise.form.required_help')}</p>
      </div>
      <div class="organise-required">
        {FOUR.map((light) => (
          <fieldset key={light} class="organise-light">
            <legend>
              <StoplightLabel light={light} />
            </legend>
            {(['remark', 'action'] as const).map((text) => (
              <Checkbox
                key={text}
                label={t(`subject.${text}`)}
                disabled={fixed}
                checked={required[light]?.[text] ?? false}
                onChange={(on) => onChange({ ...required, [light]: { ...required[light], [text]: on } })}
              />
            ))}
          </fieldset>
        ))}
      </div>
    </section>
  );
}
