import type { ComponentChildren } from 'preact';
import { ApiProblem, ConnectionLost } from '../lib/api';
import { type MessageKey, t } from '../lib/i18n';
import type { Load } from '../lib/load';
import { Button, useSlow } from './button';
import { Icon, type IconName } from './icon';

export interface ProgressProps {
  value: number;
  max: number;
  /** Read out. */
  label: string;
  /** Shown beside the bar. */
  text?: string;
}

export function Progress({ value, max, label, text }: ProgressProps) {
  const part = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0;
  return (
    <div class="progress">
      <div
        class="progress-bar"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuenow={value}
        aria-valuetext={text}
      >
        <span style={{ transform: `scaleX(${part})` }} />
      </div>
      {text && <span class="small soft numeric">{text}</span>}
    </div>
  );
}

export interface Step {
  key: string;
  label: string;
  /** A few words below: "11 van 11", a date. */
  detail?: string;
  state: 'done' | 'now' | 'todo';
}

/** How far the whole cycle is for one student. */
export function Steps({ steps }: { steps: readonly Step[] }) {
  return (
    <ol class="steps">
      {steps.map((step) => (
        <li key={step.key} class={`step-${step.state}`} aria-current={step.state === 'now' ? 'step' : undefined}>
          <span class="step-label">{step.label}</span>
          {step.detail && <span class="step-detail numeric">{step.detail}</span>}
          <span class="visually-hidden">{t(`steps.${step.state}` satisfies MessageKey)}</span>
        </li>
      ))}
    </ol>
  );
}

export interface SaveStateProps {
  state: 'idle' | 'local' | 'saving' | 'saved' | 'offline' | 'error' | 'conflict';
  onRetry?: (() => void) | undefined;
}

/**
 * Where a text is safe. Two words that are never mixed: *Op je telefoon* (stored here) and *Bewaard* (the server has
 * it). While it is being sent it is stored here only, and that is what this says.
 */
export function SaveState({ state, onRetry }: SaveStateProps) {
  if (state === 'idle') return null;
  const look = state === 'saving' ? 'local' : state;
  return (
    <span class={`save-state save-${look}`}>
      <span class="save-dot" />
      {t(`save.${look}` satisfies MessageKey)}
      {onRetry && (state === 'error' || state === 'conflict') && (
        <button type="button" class="text-button" onClick={onRetry}>
          {t(state === 'error' ? 'act.retry' : 'act.compare')}
        </button>
      )}
    </span>
  );
}

export interface EmptyStateProps {
  title: string;
  text?: string | undefined;
  icon?: IconName;
  /** What one can do about it. */
  children?: ComponentChildren;
}

/** Says what will come here, and when. */
export function EmptyState({ title, text, icon, children }: EmptyStateProps) {
  return (
    <div class="state">
      {icon && (
        <span class="state-icon">
          <Icon name={icon} size={28} />
        </span>
      )}
      <p class="heading">{title}</p>
      {text && <p class="soft">{text}</p>}
      {children}
    </div>
  );
}

/** A moment of quiet joy. */
export function DoneState({ title, text, children }: Omit<EmptyStateProps, 'icon'>) {
  return (
    <div class="state state-done">
      <svg class="done-mark" viewBox="0 0 96 96" aria-hidden="true" focusable="false">
        <circle cx="48" cy="48" r="40" />
        <path d="m31 50 12 12 23-26" pathLength="1" />
      </svg>
      <p class="title">{title}</p>
      {text && <p class="soft">{text}</p>}
      {children}
    </div>
  );
}

export interface ErrorStateProps {
  /** What was thrown. */
  error: unknown;
  onRetry?: (() => void) | undefined;
}

/** What happened, what now, and that nothing is lost. */
export function ErrorState({ error, onRetry }: ErrorStateProps) {
  const [icon, title, text] = explain(error);
  return (
    <div class="state" role="alert">
      <span class="state-icon">
        <Icon name={icon} size={28} />
      </span>
      <p class="heading">{title}</p>
      <p class="soft">{text}</p>
      {onRetry && (
        <Button icon="undo" onClick={onRetry}>
          {t('act.retry')}
        </Button>
      )}
    </div>
  );
}

function explain(error: unknown): [IconName, string, string] {
  if (error instanceof ConnectionLost) return ['offline', t('error.offline'), t('error.offline_text')];
  if (error instanceof ApiProblem) {
    if (error.status === 404) return ['search', t('not_found.title'), t('not_found.text')];
    if (error.status < 500) return ['info', error.title, error.detail];
  }
  return ['alert', t('error.title'), t('error.text')];
}

/** One line for a toast or a field: what the server says, or that it could not be reached. */
export function errorText(error: unknown): string {
  const [, title, text] = explain(error);
  return error instanceof ApiProblem && error.status < 500 ? text || title : `${title}. ${text}`;
}

/** Loading (quiet at first, then the real shape), an error with a way on, or what was loaded. */
export function Loaded<T>({
  from,
  skeleton,
  children,
}: {
  from: Load<T>;
  skeleton?: ComponentChildren;
  children: (data: T) => ComponentChildren;
}) {
  const slow = useSlow(from.data === undefined && from.error === undefined, 150);
  if (from.data !== undefined) return <>{children(from.data)}</>;
  if (from.error !== undefined) return <ErrorState error={from.error} onRetry={from.reload} />;
  return (
    <div aria-busy="true">
      <span class="visually-hidden">{t('state.loading')}</span>
      {slow && (skeleton ?? <SkeletonList />)}
    </div>
  );
}

const shapes = (n: number) => Array.from({ length: n }, (_, i) => i);

/** One grey bar. */
export function Skeleton({ wide = '100%' }: { wide?: string }) {
  return <span class="skeleton" style={{ width: wide }} aria-hidden="true" />;
}

export function SkeletonText({ rows = 3 }: { rows?: number }) {
  return (
    <div class="stack tight" aria-hidden="true">
      {shapes(rows).map((i) => (
        <Skeleton key={i} wide={i === rows - 1 ? '60%' : '100%'} />
      ))}
    </div>
  );
}

export function SkeletonList({ rows = 6 }: { rows?: number }) {
  return (
    <div class="list" aria-hidden="true">
      {shapes(rows).map((i) => (
        <div key={i} class="list-row">
          <span class="skeleton skeleton-round" />
          <span class="list-row-text stack tight">
            <Skeleton wide={`${44 + ((i * 17) % 30)}%`} />
            <Skeleton wide={`${24 + ((i * 11) % 20)}%`} />
          </span>
        </div>
      ))}
    </div>
  );
}

export function SkeletonCard({ rows = 3 }: { rows?: number }) {
  return (
    <div class="card stack" aria-hidden="true">
      <Skeleton wide="45%" />
      <SkeletonText rows={rows} />
    </div>
  );
}
