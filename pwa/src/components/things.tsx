import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { setTitle } from '../lib/announce';
import { type MessageKey, t } from '../lib/i18n';
import { IconButton } from './button';
import { Icon, type IconName } from './icon';
import { FOUR, type Stoplight, StoplightSymbol, stoplightName } from './stoplight';

export interface PageHeaderProps {
  title: string;
  subtitle?: ComponentChildren;
  /** Address one comes from. */
  back?: string | undefined;
  backLabel?: string | undefined;
  end?: ComponentChildren;
  /** Title of the window, where it differs from the heading. */
  documentTitle?: string | undefined;
  /** A smaller heading, where the screen is about one thing at a time. */
  compact?: boolean | undefined;
  /** Where the title itself leads: behind the name of a student are the earlier reports. */
  titleHref?: string | undefined;
  /** What is behind the title. */
  titleHint?: string | undefined;
  /** 2 for the list beside what is open: one screen has one main heading. */
  level?: 1 | 2;
}

/** The top of each screen: where one is, the way back, and what belongs to the whole of it. */
export function PageHeader(props: PageHeaderProps) {
  const { title, subtitle, back, backLabel, end, documentTitle, compact, titleHref, titleHint, level = 1 } = props;
  const Heading = `h${level}` as const;
  useEffect(() => {
    if (level === 1) setTitle(documentTitle ?? title);
  }, [documentTitle, title, level]);
  return (
    <header class={compact ? 'page-header compact' : 'page-header'}>
      {back && <IconButton icon="back" label={backLabel ?? t('act.back')} href={back} />}
      <div class="page-header-text">
        <Heading class={compact ? 'heading' : 'title'}>
          {titleHref ? (
            <a class="title-link" href={titleHref} title={titleHint}>
              {title}
              {titleHint && <span class="visually-hidden">, {titleHint}</span>}
            </a>
          ) : (
            title
          )}
        </Heading>
        {subtitle && <p class="small soft">{subtitle}</p>}
      </div>
      {end && <div class="page-header-end">{end}</div>}
    </header>
  );
}

export interface AvatarProps {
  initials: string;
  size?: 'small' | 'medium' | 'large';
  /** Tints it with the last stoplight. */
  light?: Stoplight | null | undefined;
}

export function Avatar({ initials, size = 'medium', light }: AvatarProps) {
  return (
    <span class={`avatar avatar-${size} ${light ? `tint-${light}` : ''}`} aria-hidden="true">
      {initials}
    </span>
  );
}

/** Rows below each other with hairlines between. */
export function List({ children, label }: { children: ComponentChildren; label?: string }) {
  return (
    <ul class="list" aria-label={label}>
      {children}
    </ul>
  );
}

export interface ListRowProps {
  href?: string | undefined;
  onClick?: ((event: MouseEvent) => void) | undefined;
  start?: ComponentChildren;
  title: ComponentChildren;
  text?: ComponentChildren;
  end?: ComponentChildren;
  /** The row whose detail is open beside the list. */
  current?: boolean | undefined;
}

/** The whole row is the target. */
export function ListRow({ href, onClick, start, title, text, end, current }: ListRowProps) {
  const inside = (
    <>
      {start}
      <span class="list-row-text">
        <span class="list-row-title">{title}</span>
        {text && <span class="small soft">{text}</span>}
      </span>
      {end && <span class="list-row-end">{end}</span>}
      {(href || onClick) && <Icon name="forward" size={18} />}
    </>
  );
  return (
    <li>
      {href ? (
        <a class="list-row" href={href} onClick={onClick} aria-current={current ? 'true' : undefined}>
          {inside}
        </a>
      ) : onClick ? (
        <button type="button" class="list-row" onClick={onClick} aria-current={current ? 'true' : undefined}>
          {inside}
        </button>
      ) : (
        <div class="list-row">{inside}</div>
      )}
    </li>
  );
}

/** An explanation with a line at its start. */
export function Hint({ children }: { children: ComponentChildren }) {
  return <div class="hint">{children}</div>;
}

export interface BannerProps {
  kind?: 'info' | 'attention' | 'warning';
  icon?: IconName;
  children: ComponentChildren;
  act?: ComponentChildren;
}

/** Something about the whole screen. */
export function Banner({ kind = 'info', icon, children, act }: BannerProps) {
  return (
    <div class={`banner banner-${kind}`} role="status">
      {icon && <Icon name={icon} />}
      <div class="banner-text">{children}</div>
      {act}
    </div>
  );
}

/** List beside detail from 900 px; a phone shows the one that matters now. */
export function TwoPane({ list, detail, open }: { list: ComponentChildren; detail: ComponentChildren; open: boolean }) {
  return (
    <div class={open ? 'two-pane two-pane-open' : 'two-pane'}>
      <div class="pane-list">{list}</div>
      <div class="pane-detail">{detail}</div>
    </div>
  );
}

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
