import { signal } from '@preact/signals';
import type { MORE_DRAWINGS } from './more-icons';

/** Drawn on a grid of 24 with a line of 1.75: one hand for the whole set. These are on the first card and its frame. */
const FIRST_DRAWINGS = {
  clock: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.5V12l3 2',
  back: 'M14.5 5.5 8 12l6.5 6.5',
  forward: 'M9.5 5.5 16 12l-6.5 6.5',
  down: 'M5.5 9.5 12 16l6.5-6.5',
  list: 'M8.5 6.5H20M8.5 12H20M8.5 17.5H20M4 6.5h.5M4 12h.5M4 17.5h.5',
  bell: 'M6 10a6 6 0 0 1 12 0c0 5 2 6 2 7H4c0-1 2-2 2-7zM9.8 20a2.4 2.4 0 0 0 4.4 0',
  people:
    'M9 5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM2.5 19.5c.5-3.4 3.1-5.3 6.5-5.3s6 1.9 6.5 5.3M15.5 5.3a3.4 3.4 0 0 1 0 6.4M17.8 14.7c2 .7 3.4 2.3 3.7 4.8',
  check: 'm5 12.8 4.7 4.7L19.5 7',
  more: 'M5.5 11.4a.6.6 0 1 1 0 1.2.6.6 0 0 1 0-1.2zM12 11.4a.6.6 0 1 1 0 1.2.6.6 0 0 1 0-1.2zM18.5 11.4a.6.6 0 1 1 0 1.2.6.6 0 0 1 0-1.2z',
  settings:
    'M4 7.5h9M17.5 7.5H20M4 16.5h2.5M11 16.5h9M15.2 5.3a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4zM8.8 14.3a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4z',
  undo: 'M8.5 5 4.5 9l4 4M4.5 9h9.5a5.5 5.5 0 0 1 0 11H10',
  lock: 'M7 10.5h10a1.5 1.5 0 0 1 1.5 1.5v7a1.5 1.5 0 0 1-1.5 1.5H7A1.5 1.5 0 0 1 5.5 19v-7A1.5 1.5 0 0 1 7 10.5zM8.5 10.5V7.5a3.5 3.5 0 0 1 7 0v3',
  calendar:
    'M6 5.5h12A1.5 1.5 0 0 1 19.5 7v11.5A1.5 1.5 0 0 1 18 20H6a1.5 1.5 0 0 1-1.5-1.5V7A1.5 1.5 0 0 1 6 5.5zM4.5 10.5h15M8.5 3.5v4M15.5 3.5v4',
  pencil: 'm4 20 1-4.5L16.2 4.3a1.8 1.8 0 0 1 2.5 0l1 1a1.8 1.8 0 0 1 0 2.5L8.5 19zM14.5 6l3.5 3.5',
  offline: 'M7 18.5a4.5 4.5 0 0 1-.8-8.9M9.6 5.9a5.8 5.8 0 0 1 7.9 4.2 4.2 4.2 0 0 1 2 7.4M12 18.5H7M4 3.5l16 17',
  info: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 11v5M12 8v.01',
  book: 'M12 6.5C9.5 4.7 6.5 4.5 3.5 5v13.5c3-.5 6-.3 8.5 1.5 2.5-1.8 5.5-2 8.5-1.5V5c-3-.5-6-.3-8.5 1.5zM12 6.5V20',
  rounds:
    'M4.5 5h15A1.5 1.5 0 0 1 21 6.5v9a1.5 1.5 0 0 1-1.5 1.5H12l-4.5 3.8V17h-3A1.5 1.5 0 0 1 3 15.5v-9A1.5 1.5 0 0 1 4.5 5zM8 11.2l2.5 2.5 5-5.2',
  report:
    'M7 3.5h7l5 5V19a1.5 1.5 0 0 1-1.5 1.5h-10.5A1.5 1.5 0 0 1 5.5 19V5A1.5 1.5 0 0 1 7 3.5zM13.5 3.5V9H19M9 13h6.5M9 16.5h4',
} as const;

export type IconName = keyof typeof FIRST_DRAWINGS | keyof typeof MORE_DRAWINGS;

const drawings = signal<Partial<Record<IconName, string>>>(FIRST_DRAWINGS);
let fetching: Promise<void> | undefined;

/** Fetches the drawings that the first card does not need. */
export function fetchIcons(): Promise<void> {
  fetching ??= import('./more-icons').then(
    ({ MORE_DRAWINGS }) => {
      drawings.value = { ...FIRST_DRAWINGS, ...MORE_DRAWINGS };
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
  const drawing = drawings.value[name];
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
