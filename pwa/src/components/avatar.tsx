import type { Stoplight } from './stoplight';

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
