import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon';

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
