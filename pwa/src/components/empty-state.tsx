import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon';

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
