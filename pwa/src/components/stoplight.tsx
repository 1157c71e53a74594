import { type MessageKey, t } from '../lib/i18n';

export type Stoplight = 'excellent' | 'on_track' | 'attention' | 'warning' | 'no_picture';

/** The four in the order that eye and keys learn; `no_picture` stands beside them. */
export const FOUR = ['excellent', 'on_track', 'attention', 'warning'] as const satisfies readonly Stoplight[];

/** The word of a stoplight in the language of the reader. */
export function stoplightName(light: Stoplight): string {
  return t(`stoplight.${light}` satisfies MessageKey);
}

/**
 * Four silhouettes that differ without colour: cap, disc, eye, octagon. What is white in them are true holes, so
 * they stand on any ground.
 */
const DRAWINGS: Record<Stoplight, string> = {
  excellent:
    'M11.1 3.7a2 2 0 0 1 1.8 0l9 4.5a.9.9 0 0 1 0 1.6l-9 4.5a2 2 0 0 1-1.8 0l-9-4.5a.9.9 0 0 1 0-1.6z' +
    'M5.3 13.2l5 2.5a3.8 3.8 0 0 0 3.4 0l5-2.5v3.6c0 1.9-3 3.5-6.7 3.5s-6.7-1.6-6.7-3.5z' +
    'M20.5 11.9l1.5-.7v4a1.3 1.3 0 1 1-1.5 0z',
  on_track:
    'M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20z' +
    'M6.4 13.4l3.2 3.1a1.3 1.3 0 0 0 1.8 0l6.2-6.8a1.3 1.3 0 0 0-1.8-1.7l-5.4 5.8-2.2-2.2a1.3 1.3 0 0 0-1.8 1.8z',
  attention:
    'M12 4.6c5.3 0 9.1 3.7 10.9 6.5a1.7 1.7 0 0 1 0 1.8c-1.8 2.8-5.6 6.5-10.9 6.5s-9.1-3.7-10.9-6.5a1.7 1.7 0 0 1 0-1.8c1.8-2.8 5.6-6.5 10.9-6.5z' +
    'M12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM12 9.7a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6z',
  warning:
    'M8.7 2h6.6a2 2 0 0 1 1.4.6l4.7 4.7a2 2 0 0 1 .6 1.4v6.6a2 2 0 0 1-.6 1.4l-4.7 4.7a2 2 0 0 1-1.4.6h-6.6a2 2 0 0 1-1.4-.6l-4.7-4.7a2 2 0 0 1-.6-1.4v-6.6a2 2 0 0 1 .6-1.4l4.7-4.7a2 2 0 0 1 1.4-.6z' +
    'M12 5.9a1.4 1.4 0 0 0-1.4 1.4v5.3a1.4 1.4 0 0 0 2.8 0v-5.3a1.4 1.4 0 0 0-1.4-1.4zM12 15.2a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2z',
  no_picture:
    'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 4.6a7.4 7.4 0 1 0 0 14.8 7.4 7.4 0 0 0 0-14.8z' +
    'M8.2 10.9a1.1 1.1 0 1 1 0 2.2 1.1 1.1 0 0 1 0-2.2zM12 10.9a1.1 1.1 0 1 1 0 2.2 1.1 1.1 0 0 1 0-2.2zM15.8 10.9a1.1 1.1 0 1 1 0 2.2 1.1 1.1 0 0 1 0-2.2z',
};

export interface StoplightSymbolProps {
  light: Stoplight;
  /** Pixels at normal text size; grows with the text. */
  size?: number;
  /** Reads the word out; leave it off where the word stands beside the symbol. */
  label?: boolean;
}

/** The drawing alone, in its colour. */
export function StoplightSymbol({ light, size = 24, label = false }: StoplightSymbolProps) {
  const side = `${size / 17}rem`;
  return (
    <svg
      class={`light ink-${light}`}
      viewBox="0 0 24 24"
      style={{ width: side, height: side }}
      role={label ? 'img' : undefined}
      aria-label={label ? stoplightName(light) : undefined}
      aria-hidden={label ? undefined : 'true'}
      focusable="false"
    >
      <path fill="currentColor" fill-rule="evenodd" d={DRAWINGS[light]} />
    </svg>
  );
}

/** Symbol and word in the colour of the stoplight. */
export function StoplightLabel({ light, size = 22 }: { light: Stoplight; size?: number }) {
  return (
    <span class={`light-label ink-${light}`}>
      <StoplightSymbol light={light} size={size} />
      {stoplightName(light)}
    </span>
  );
}
