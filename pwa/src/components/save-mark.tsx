import type { ComponentChildren } from 'preact';
import { type MessageKey, t } from '../lib/i18n';

export interface SaveMarkProps {
  state: 'local' | 'saved' | 'offline' | 'error' | 'conflict';
  children?: ComponentChildren;
}

/**
 * Where a text is safe. Two words that are never mixed: *Op je telefoon* (stored here) and *Bewaard* (the server has
 * it).
 */
export function SaveMark({ state, children }: SaveMarkProps) {
  return (
    <span class={`save-state save-${state}`}>
      <span class="save-dot" />
      {t(`save.${state}` satisfies MessageKey)}
      {children}
    </span>
  );
}
