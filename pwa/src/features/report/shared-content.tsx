import type { ComponentChildren } from 'preact';
import { StoplightStrip, StoplightSymbol, stoplightName } from '../../components';
import { t } from '../../lib/i18n';
import { changeSince, forStudent, inOrder } from './subjects';
import type { Decision, Stoplight, SubjectFeedback } from './types';

type HeadingLevel = 2 | 3;
/** What the reader can do at one subject. */
type Act = (subject: SubjectFeedback) => ComponentChildren;

/** The shared report in its friendly form: it starts with what goes well, and says what orange and red mean. */
export function SharedContent({
  subjects,
  message,
  decisions,
  reader,
  headings = 2,
  act,
}: {
  subjects: readonly SubjectFeedback[];
  message: string;
  /** Undefined in a copy that was kept before there were any. */
  decisions: readonly Decision[] | undefined;
  reader: 'student' | 'guardian';
  headings?: HeadingLevel;
  act?: Act;
}) {
  const { well, attention, warning, noPicture } = forStudent(subjects);
  const rated = well.length + attention.length + warning.length;
  const forward = subjects.filter((s) => changeSince(s).kind === 'better').length;
  const strip = subjects.flatMap((s) => (s.stoplight ? [{ stoplight: s.stoplight, name: s.subject }] : []));
  return (
    <div class="shared">
      <div class="stack tight">
        <p class="lead">
          {well.length === 0
            ? t(`report.lead_none.${reader}`)
            : well.length === rated && rated > 1
              ? t(`report.lead_all.${reader}`)
              : t(`report.lead.${reader}`, { well: well.length, n: rated })}
        </p>
        {forward > 0 && <p class="soft">{t(`report.forward.${reader}`, { n: forward })}</p>}
        {strip.length > 0 && (
          <StoplightStrip items={inOrder(strip).map((s) => ({ light: s.stoplight, name: s.name }))} />
        )}
      </div>
      <Part title={t('report.well')} subjects={well} light="on_track" level={headings} act={act} />
      <Part
        title={t('report.attention')}
        why={t(`report.attention_why.${reader}`)}
        subjects={attention}
        light="attention"
        level={headings}
        act={act}
      />
      <Part
        title={t('report.warning')}
        why={t(`report.warning_why.${reader}`)}
        subjects={warning}
        light="warning"
        level={headings}
        act={act}
      />
      <Part
        title={t('report.no_picture')}
        why={t(`report.no_picture_why.${reader}`)}
        subjects={noPicture}
        light="no_picture"
        level={headings}
        act={act}
      />
      {decisions && decisions.length > 0 && <Decided decisions={decisions} level={headings} />}
      {message && <MentorLetter text={message} reader={reader} level={headings} />}
    </div>
  );
}

function Decided({ decisions, level }: { decisions: readonly Decision[]; level: HeadingLevel }) {
  const Heading = `h${level}` as const;
  return (
    <section class="part">
      <Heading class="part-title">{t('report.decided')}</Heading>
      <ul class="part-list">
        {decisions.map(({ id, text }) => (
          <li key={id} class="card prose">
            {text}
          </li>
        ))}
      </ul>
    </section>
  );
}

function MentorLetter({ text, reader, level }: { text: string; reader: 'student' | 'guardian'; level: HeadingLevel }) {
  const Heading = `h${level}` as const;
  return (
    <section class="card stack tight letter">
      <Heading class="heading">{t(`report.letter.${reader}`)}</Heading>
      <p class="prose">{text}</p>
    </section>
  );
}

function Part({
  title,
  why,
  subjects,
  light,
  level,
  act,
}: {
  title: string;
  why?: string;
  subjects: readonly SubjectFeedback[];
  light: Stoplight;
  level: HeadingLevel;
  act: Act | undefined;
}) {
  if (subjects.length === 0) return null;
  const Heading = `h${level}` as const;
  return (
    <section class="part" data-light={light}>
      <div class="part-head">
        <Heading class="part-title">{title}</Heading>
        {why && <p class="soft">{why}</p>}
      </div>
      <ul class="part-list">
        {subjects.map((s) => (
          <Subject key={`${s.subject_id}/${s.group}`} subject={s} act={act} />
        ))}
      </ul>
    </section>
  );
}

function Subject({ subject, act }: { subject: SubjectFeedback; act: Act | undefined }) {
  const { stoplight } = subject;
  const change = changeSince(subject);
  return (
    <li class="card shared-subject">
      <div class="shared-subject-head">
        {stoplight && <StoplightSymbol light={stoplight} size={28} />}
        <div class="shared-subject-title">
          <p class="shared-subject-name">{subject.subject}</p>
          <p class="small soft">
            {stoplight && <span class={`shared-subject-light ink-${stoplight}`}>{stoplightName(stoplight)}</span>}
            {'was' in change && ` · ${t('report.was', { light: stoplightName(change.was) })}`}
            {subject.teachers.length > 0 && ` · ${subject.teachers.join(', ')}`}
          </p>
        </div>
      </div>
      {subject.remark && <p class="prose">{subject.remark}</p>}
      {subject.action && (
        <p class="prose next-step">
          <span class="label">{t('report.next_step')}</span>
          {subject.action}
        </p>
      )}
      {act?.(subject)}
    </li>
  );
}
