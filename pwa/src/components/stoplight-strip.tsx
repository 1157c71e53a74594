import { t } from '../lib/i18n';
import { type Stoplight, StoplightSymbol, stoplightName } from './stoplight';

export interface StripItem {
  light: Stoplight | null;
  /** The subject, read out with the stoplight. */
  name?: string;
}

/** All stoplights of one student in a row, read out as one sentence; an empty ring is "not yet". */
export function StoplightStrip({
  items,
  max,
  size = 20,
}: {
  items: readonly StripItem[];
  max?: number;
  size?: number;
}) {
  const shown = max !== undefined && items.length > max ? items.slice(0, max) : items;
  const sentence = items
    .map(({ light, name }) => [name, light ? stoplightName(light) : t('stoplight.none')].filter(Boolean).join(': '))
    .join(', ');
  return (
    <span class="strip" role="img" aria-label={sentence || t('stoplight.none')}>
      {shown.map(({ light, name }, i) =>
        light ? (
          <StoplightSymbol key={`${i}${name}`} light={light} size={size} />
        ) : (
          <span key={`${i}${name}`} class="strip-none" />
        ),
      )}
      {shown.length < items.length && <span class="strip-more numeric">+{items.length - shown.length}</span>}
    </span>
  );
}
