import { signal } from '../lib/signals';
import type { MORE_DRAWINGS } from './more-icons';

/** Drawn on a grid of 24 with a line of 1.75: one hand for the whole set. These are on the first card. */
const FIRST_DRAWINGS = {
  clock: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.5V12l3 2',
  back: 'M14.5 5.5 8 12l6.5 6.5',
  forward: 'M9.5 5.5 16 12l-6.5 6.5',
  down: 'M5.5 9.5 12 16l6.5-6.5',
  list: 'M8.5 6.5H20M8.5 12H20M8.5 17.5H20M4 6.5h.5M4 12h.5M4 17.5h.5',
  more: 'M5.5 11.4a.6.6 0 1 1 0 1.2.6.6 0 0 1 0-1.2zM12 11.4a.6.6 0 1 1 0 1.2.6.6 0 0 1 0-1.2zM18.5 11.4a.6.6 0 1 1 0 1.2.6.6 0 0 1 0-1.2z',
  undo: 'M8.5 5 4.5 9l4 4M4.5 9h9.5a5.5 5.5 0 0 1 0 11H10',
  pencil: 'm4 20 1-4.5L16.2 4.3a1.8 1.8 0 0 1 2.5 0l1 1a1.8 1.8 0 0 1 0 2.5L8.5 19zM14.5 6l3.5 3.5',
  offline: 'M7 18.5a4.5 4.5 0 0 1-.8-8.9M9.6 5.9a5.8 5.8 0 0 1 7.9 4.2 4.2 4.2 0 0 1 2 7.4M12 18.5H7M4 3.5l16 17',
} as const;

export type IconName = keyof typeof FIRST_DRAWINGS | keyof typeof MORE_DRAWINGS;

const FIRST: Partial<Record<IconName, string>> = FIRST_DRAWINGS;
const later = signal<Partial<Record<IconName, string>>>({});
const more = () => import('./more-icons');
let fetching: Promise<void> | undefined;

/** Fetches the drawings that the first card does not need. */
export function fetchIcons(): Promise<void> {
  fetching ??= more().then(
    ({ MORE_DRAWINGS }) => {
      later.value = MORE_DRAWINGS;
    },
    () => {
      fetching = undefined;
    },
  );
  return fetching;
}

export interface IconProps {
  name: IconName;
  /** Pixels at normal text size; grows with the text. */
  size?: number;
  /** Reads this out; leave it off beside a word. */
  label?: string;
}

export function Icon({ name, size = 22, label }: IconProps) {
  const side = `${size / 17}rem`;
  // A list has one per row: what is there from the start need not be drawn again when others come.
  const drawing = FIRST[name] ?? later.value[name];
  if (!drawing) void fetchIcons();
  return (
    <svg
      class={name === 'back' || name === 'forward' || name === 'undo' ? 'icon turns' : 'icon'}
      viewBox="0 0 24 24"
      style={{ width: side, height: side }}
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : 'true'}
      focusable="false"
    >
      <path d={drawing} />
    </svg>
  );
}
