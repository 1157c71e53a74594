import { type MessageKey, t } from '../lib/i18n';

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
