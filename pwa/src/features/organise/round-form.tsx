import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ActBar, Banner, Button, Field } from '../../components';
import { ApiProblem } from '../../lib/api';
import { t } from '../../lib/i18n';
import { AskPart } from './ask-part';
import { useAsked } from './asked';
import { AudiencePart } from './audience-part';
import { CheckPart } from './check-part';
import { type FormStep, isFixed, STEPS, type Stage, stepOf } from './form-steps';
import type { AudienceChoices, AudiencePreview, RoundBody } from './types';
import { WhenPart } from './when-part';
import { NO_WORDS, WordsPart } from './words-part';
import './organise.css';

export interface RoundFormProps {
  start: RoundBody;
  choices: AudienceChoices;
  /** Of the round that is being edited; a new one is a draft. */
  stage?: Stage;
  /** A new round is walked through step by step; one that is there is saved from any of them. */
  fresh?: boolean;
  /** Where what is typed waits if the page is left by accident. */
  draftKey: string;
  /** Above the first step: what to begin with. */
  from?: ComponentChildren;
  /** Sends it, and opens the round at once if asked; true once it is kept. A thrown ApiProblem is shown at its fields. */
  onSave: (body: RoundBody, open: boolean) => Promise<boolean>;
}

/** One form for a new round, a draft, and what may still change later. */
export function RoundForm({ start, choices, stage = 'draft', fresh = false, draftKey, from, onSave }: RoundFormProps) {
  const [body, setBody] = useState<RoundBody>(() => kept(draftKey) ?? start);
  const [problem, setProblem] = useState<unknown>(null);
  const [at, setAt] = useState<FormStep>('what');
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(at);
  const fixed = isFixed(stage);
  const preview = useAsked<AudiencePreview>('/rounds/preview', fixed ? null : { audience: body.audience ?? {} });
  useEffect(() => {
    if (shown.current === at) return;
    shown.current = at;
    heading.current?.focus({ preventScroll: true });
    heading.current?.closest('section')?.scrollIntoView({ block: 'start' });
  }, [at]);
  const change = (part: Partial<RoundBody>) => {
    setBody((old) => {
      const next = { ...old, ...part };
      sessionStorage.setItem(draftKey, JSON.stringify(next));
      return next;
    });
    setProblem(null);
  };
  const errors = problem instanceof ApiProblem ? problem.errors : [];
  const error = (pointer: string) =>
    errors.find((one) => one.pointer === pointer || one.pointer.startsWith(`${pointer}/`))?.detail;
  const faulty = new Set(errors.map((one) => stepOf(one.pointer)));
  const save = async (open: boolean) => {
    try {
      if (await onSave(body, open)) sessionStorage.removeItem(draftKey);
    } catch (thrown) {
      setProblem(thrown);
      const first = thrown instanceof ApiProblem && thrown.errors.map((one) => stepOf(one.pointer)).find(Boolean);
      if (first) setAt(first);
    }
  };
  const index = STEPS.indexOf(at);
  const go = (by: number) => setAt(STEPS[index + by] ?? at);
  return (
    <div class="stack loose">
      {problem !== null && (
        <Banner kind="warning" icon="alert">
          {problem instanceof ApiProblem ? `${problem.title}. ${problem.detail}` : t('organise.form.offline')}
        </Banner>
      )}
      <StepBar at={at} faulty={faulty} onChoose={setAt} />
      <section class="stack loose organise-part" aria-labelledby="form-step">
        <div>
          <p class="small soft numeric">{t('organise.form.step_of', { step: index + 1, steps: STEPS.length })}</p>
          <h2 class="heading" id="form-step" ref={heading} tabIndex={-1}>
            {t(`organise.step.${at}`)}
          </h2>
        </div>
        {at === 'what' && (
          <>
            {from}
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
          </>
        )}
        {at === 'who' && (
          <AudiencePart
            audience={body.audience ?? {}}
            choices={choices}
            stage={stage}
            preview={preview.data}
            error={error('/audience')}
            onChange={(audience) => change({ audience })}
          />
        )}
        {at === 'when' && <WhenPart body={body} stage={stage} error={error} onChange={change} />}
        {at === 'ask' && <AskPart body={body} years={choices.years} fixed={fixed} error={error} onChange={change} />}
        {at === 'words' && (
          <WordsPart words={body.words ?? NO_WORDS} error={error} onChange={(words) => change({ words })} />
        )}
        {at === 'check' && (
          <CheckPart body={body} stage={stage} choices={choices} preview={preview.data} onChoose={setAt} />
        )}
      </section>
      <Acts fresh={fresh} at={at} opensItself={Boolean(body.opens_at)} go={go} choose={setAt} save={save} />
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

interface StepBarProps {
  at: FormStep;
  faulty: ReadonlySet<FormStep | undefined>;
  onChoose: (step: FormStep) => void;
}

/** Where one is, and the way to any other step; a phone shows numbers, a laptop words too. */
function StepBar({ at, faulty, onChoose }: StepBarProps) {
  return (
    <nav aria-label={t('organise.form.steps')}>
      <ol class="organise-steps">
        {STEPS.map((step, index) => (
          <li key={step}>
            <button
              type="button"
              class={faulty.has(step) ? 'organise-step organise-step-faulty' : 'organise-step'}
              aria-current={step === at ? 'step' : undefined}
              onClick={() => onChoose(step)}
            >
              <span class="organise-step-number numeric" aria-hidden="true">
                {index + 1}
              </span>
              <span class="organise-step-name" aria-hidden="true">
                {t(`organise.step.${step}`)}
              </span>
              <span class="visually-hidden">
                {t(`organise.step.${step}`)}
                {faulty.has(step) && `, ${t('organise.form.look_here')}`}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

interface ActsProps {
  fresh: boolean;
  at: FormStep;
  opensItself: boolean;
  go: (by: number) => void;
  choose: (step: FormStep) => void;
  save: (open: boolean) => Promise<void>;
}

function Acts({ fresh, at, opensItself, go, choose, save }: ActsProps) {
  if (!fresh) {
    return (
      <ActBar>
        {at !== 'check' && (
          <Button kind="ghost" onClick={() => go(1)}>
            {t('organise.form.next')}
          </Button>
        )}
        <Button kind="primary" onClick={() => save(false)}>
          {t('organise.form.save')}
        </Button>
      </ActBar>
    );
  }
  if (at === 'check') {
    return (
      <ActBar>
        {!opensItself && (
          <Button kind="ghost" onClick={() => save(false)}>
            {t('organise.form.make')}
          </Button>
        )}
        <Button kind="primary" onClick={() => save(!opensItself)}>
          {t(opensItself ? 'organise.form.make' : 'organise.form.make_open')}
        </Button>
      </ActBar>
    );
  }
  return (
    <ActBar>
      <Button kind="ghost" onClick={() => choose('check')}>
        {t('organise.form.to_check')}
      </Button>
      <Button kind="primary" onClick={() => go(1)}>
        {t('organise.form.next')}
      </Button>
    </ActBar>
  );
}
