import type { ComponentChildren } from 'preact';
import { type MessageKey, t } from '../lib/i18n';
import { IconButton } from './button';
import { FOUR, type Stoplight, StoplightSymbol, stoplightName } from './stoplight';

export interface SubjectCardProps {
  subject: string;
  light: Stoplight | null;
  remark?: string | undefined;
  action?: string | undefined;
  /** The stoplight of the last round; undefined shows no comparison, null says there was none. */
  was?: Stoplight | null | undefined;
  wasRound?: string | undefined;
  /** Who wrote it. */
  by?: string | undefined;
  /** The student left this group on that day; a date as people say it. */
  until?: string | undefined;
  /** Opens the earlier feedback of this subject. */
  onClock?: (() => void) | undefined;
  /** Required texts that were not written. */
  missing?: readonly ('remark' | 'action')[] | undefined;
  /** Instead of the texts: the reason of *Nog geen beeld*, or "not yet". */
  note?: string | undefined;
  children?: ComponentChildren;
}

/** One subject in a report. */
export function SubjectCard(props: SubjectCardProps) {
  const { subject, light, remark, action, was, wasRound, by, until, onClock, missing = [], note, children } = props;
  return (
    <article class="card subject-card">
      <header>
        {light ? <StoplightSymbol light={light} size={28} /> : <span class="strip-none" />}
        <div>
          <h3>{subject}</h3>
          {light && (
            <p class="small subject-facts">
              <span class={`subject-light ink-${light}`}>{stoplightName(light)}</span>
              {was && <Change light={light} was={was} round={wasRound} />}
            </p>
          )}
          {(by || until) && (
            <p class="small soft">{[by, until && t('subject.until', { day: until })].filter(Boolean).join(' · ')}</p>
          )}
        </div>
        {onClock && <IconButton icon="clock" label={t('subject.clock', { subject })} onClick={onClock} />}
      </header>
      {note && <p class="soft">{note}</p>}
      <Written kind="remark" text={remark} missing={missing.includes('remark')} />
      <Written kind="action" text={action} missing={missing.includes('action')} />
      {children}
    </article>
  );
}

function Written({ kind, text, missing }: { kind: 'remark' | 'action'; text: string | undefined; missing: boolean }) {
  if (!text && !missing) return null;
  return (
    <div class="written">
      <p class="written-label">{t(`subject.${kind}` satisfies MessageKey)}</p>
      {text ? <p class="prose">{text}</p> : <p class="ink-warning">{t('subject.missing')}</p>}
    </div>
  );
}

/** What changed since the last round: the same, or what it was, with the direction in words for who cannot see it. */
function Change({ light, was, round }: { light: Stoplight; was: Stoplight; round: string | undefined }) {
  if (light === was) {
    return (
      <span class="change soft" title={round}>
        {t('subject.same')}
      </span>
    );
  }
  const at = (one: Stoplight) => (FOUR as readonly Stoplight[]).indexOf(one);
  const direction = at(light) < 0 || at(was) < 0 ? '' : at(light) < at(was) ? 'up' : 'down';
  return (
    <span class="change soft" title={round}>
      {direction && <span class={`change-arrow change-${direction}`} />}
      {t('subject.was', { light: stoplightName(was) })}
    </span>
  );
}
