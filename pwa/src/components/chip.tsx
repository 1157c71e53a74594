import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon';
import type { Stoplight } from './stoplight';

export interface ChipProps {
  children: ComponentChildren;
  /** Without it the chip is a small fact, not an act. */
  onClick?: (event: MouseEvent) => void;
  pressed?: boolean;
  icon?: IconName;
  light?: Stoplight;
  disabled?: boolean;
}

export function Chip({ children, onClick, pressed, icon, light, disabled }: ChipProps) {
  const look = light ? `chip tint-${light}` : 'chip';
  const inside = (
    <>
      {icon && <Icon name={icon} size={18} />}
      {children}
    </>
  );
  if (!onClick) return <span class={`${look} chip-fact`}>{inside}</span>;
  return (
    <button type="button" class={look} aria-pressed={pressed} disabled={disabled} onClick={onClick}>
      {inside}
    </button>
  );
}
