import { useEffect, useRef } from 'preact/hooks';
import { Field, Sheet, StoplightSymbol, stoplightName } from '../../components';
import { t } from '../../lib/i18n';
import { isNamed } from '../../lib/names';
import { useSignal } from '../../lib/signals';
import type { Rating, Row } from './rating';

/** From the cards straight to one student: look, or type a few letters. */
export function JumpSheet({ rating }: { rating: Rating }) {
  const open = rating.jumping.value;
  const sought = useSignal('');
  const box = useRef<HTMLDivElement>(null);
  // Closed it costs nothing, whatever is being typed elsewhere.
  const rows = open ? rating.asked.value.filter((row) => isNamed(row.student.name, sought.value.trim())) : [];
  useEffect(() => {
    if (!open) return;
    sought.value = '';
    // Only the names: `scrollIntoView` would shift the sheet as well.
    const list = box.current?.querySelector('ul');
    const here = list?.querySelector<HTMLElement>('[aria-current]');
    if (list && here) list.scrollTop = here.offsetTop - (list.clientHeight - here.offsetHeight) / 2;
  }, [open]);

  const close = () => {
    rating.jumping.value = false;
  };
  const go = (row: Row | undefined) => {
    if (!row) return;
    close();
    rating.show(row.student.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (event.key === 'Enter' && target.tagName === 'INPUT') {
      event.preventDefault();
      go(rows[0]);
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const stops = [...(box.current?.querySelectorAll<HTMLElement>('input, button') ?? [])];
    stops[Math.max(0, Math.min(stops.length - 1, stops.indexOf(target) + step))]?.focus();
  };
  return (
    <Sheet open={open} onClose={close} title={t('rate.jump')}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: only passes the arrows of the field and the names on. */}
      <div ref={box} class="rate-jump-box" onKeyDown={onKeyDown}>
        <div class="rate-jump-field">
          <Field
            type="search"
            label={t('rate.search')}
            value={sought.value}
            // On a phone the keyboard would lie over the names; there it comes at a tap.
            autoFocus={matchMedia('(hover: hover)').matches}
            onInput={(text) => {
              sought.value = text;
            }}
          />
        </div>
        {rows.length === 0 ? (
          <p class="soft rate-none" role="status">
            {t('rate.search_none')}
          </p>
        ) : (
          <ul class="rate-jump-list">
            {rows.map((row) => (
              <li key={row.student.id}>
                <Goal row={row} here={row.student.id === rating.current.value} onChoose={() => go(row)} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </Sheet>
  );
}

function Goal({ row, here, onChoose }: { row: Row; here: boolean; onChoose: () => void }) {
  const { student, complete, content } = row;
  const light = content.stoplight;
  return (
    <button type="button" aria-current={here || undefined} onClick={onChoose}>
      {light ? <StoplightSymbol light={light} size={22} /> : <span class="rate-jump-open" />}
      <span class="rate-jump-name" dir="auto">
        {student.name}
        {student.apart && <span class="rate-apart"> {student.apart}</span>}
      </span>
      {light ? (
        <span class={complete ? 'small soft' : 'small ink-warning'}>
          {complete ? stoplightName(light) : t('rate.lacks')}
        </span>
      ) : (
        <span class="visually-hidden">, {t('rate.to_do')}</span>
      )}
    </button>
  );
}
