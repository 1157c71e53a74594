import type { ComponentChildren } from 'preact';

/** Keeps the main act of a screen in thumb's reach. */
export function ActBar({ children }: { children: ComponentChildren }) {
  return <div class="act-bar">{children}</div>;
}
