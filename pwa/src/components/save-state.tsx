import { t } from '../lib/i18n';
import { SaveMark, type SaveMarkProps } from './save-mark';

export interface SaveStateProps {
  state: SaveMarkProps['state'] | 'idle' | 'saving';
  onRetry?: (() => void) | undefined;
}

/** Where a text is safe, and what one can do. While it is being sent it is stored here only: that is what this says. */
export function SaveState({ state, onRetry }: SaveStateProps) {
  if (state === 'idle') return null;
  return (
    <SaveMark state={state === 'saving' ? 'local' : state}>
      {onRetry && (state === 'error' || state === 'conflict') && (
        <button type="button" class="text-button" onClick={onRetry}>
          {t(state === 'error' ? 'act.retry' : 'act.compare')}
        </button>
      )}
    </SaveMark>
  );
}
