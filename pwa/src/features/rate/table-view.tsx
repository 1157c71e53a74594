import { useEffect, useRef } from 'preact/hooks';
import { Button, FOUR, type Stoplight, StoplightSymbol, stoplightName } from '../../components';
import { MOST } from '../../lib/conflict';
import { t } from '../../lib/i18n';
import { useKeys } from '../../lib/keys';
import { useSignal } from '../../lib/signals';
import { keysOn } from './keys-setting';
import { offerOthers } from './others';
import { untilText } from './own-words';
import type { Rating, Row } from './rating';
import { ToDo, useToDo } from './to-do';

type Cell = 'remark' | 'action';

/**
 * The whole group on a laptop. Arrows go along the students, 1 to 4 rate, Enter writes, Escape comes back.
 */
export default function TableView({ rating }: { rating: Rating }) {
  const only = useToDo(rating);
  const at = useSignal<string | null>(rating.current.peek() ?? rating.rows.peek()[0]?.student.id ?? null);
  const table = useRef<HTMLTableElement>(null);
  const rows = rating.rows.value;
  const shown = rows.filter(only.shows);
  const tabStop = shown.some((row) => row.student.id === at.value) ? at.value : (shown[0]?.student.id ?? null);

  const focusRow = (student: string) => {
    at.value = student;
    table.current?.querySelector<HTMLElement>(`[data-student="${student}"]`)?.focus();
  };
  const write = (student: string, cell: Cell) => {
    at.value = student;
    const area = table.current?.querySelector<HTMLTextAreaElement>(`[data-student="${student}"] [data-cell=${cell}]`);
    area?.focus();
    area?.setSelectionRange(area.value.length, area.value.length);
  };
  const rate = (row: Row, light: Stoplight) => {
    if (row.waiting?.trouble?.kind === 'stale') {
      rating.compare(row.student.id);
      return;
    }
    if (rating.rate(row.student.id, light, true) !== 'write') return;
    const lacks = rating.row(row.student.id)?.missing[0];
    write(row.student.id, lacks === 'action' ? 'action' : 'remark');
  };

  const onKeyDown = (event: KeyboardEvent, row: Row, index: number) => {
    const target = event.target as HTMLElement;
    const id = row.student.id;
    if (target.tagName === 'TEXTAREA') {
      if (event.key === 'Escape') {
        event.preventDefault();
        focusRow(id);
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const to = shown[index + step];
      if (to) focusRow(to.student.id);
    } else if (event.key === 'Home' || event.key === 'End') {
      event.preventDefault();
      const to = event.key === 'Home' ? shown[0] : shown.at(-1);
      if (to) focusRow(to.student.id);
    } else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      const stops = [
        ...(table.current?.querySelectorAll<HTMLElement>(
          `[data-student="${id}"] :is(a, button, textarea):not(:disabled)`,
        ) ?? []),
      ];
      const next = stops.indexOf(target) + (event.key === 'ArrowRight' ? 1 : -1);
      event.preventDefault();
      if (next < 0) focusRow(id);
      else stops[next]?.focus();
    } else if (event.key === 'Enter' && target.tagName === 'TR' && row.writable) {
      event.preventDefault();
      write(id, row.missing[0] === 'action' ? 'action' : 'remark');
    } else if (/^[1-4]$/.test(event.key) && keysOn.value && !event.repeat) {
      const light = FOUR[Number(event.key) - 1];
      event.preventDefault();
      if (light && row.writable) rate(row, light);
    } else if (event.key === 'Escape' && target.tagName !== 'TR') {
      event.preventDefault();
      focusRow(id);
    }
  };

  // The keyboard can begin at once: the arrows lead into the table from wherever nothing else uses them.
  useKeys((event) => {
    if (event.defaultPrevented || !/^Arrow(Down|Up)$/.test(event.key) || !tabStop) return;
    if ((event.target as Element).closest('table, [role=radiogroup], [role=menu], dialog')) return;
    event.preventDefault();
    focusRow(tabStop);
  });
  useEffect(() => {
    const at = document.activeElement;
    // Nobody chose to be there: the page is new, or the screen came before its group.
    if (tabStop && at?.matches('body, main, h1')) focusRow(tabStop);
  }, []);

  return (
    <div class="rate-table-view">
      <div class="rate-table-bar">
        <ToDo only={only} rating={rating} />
        <div class="row">
          <Button kind="ghost" icon="undo" disabled={!rating.canUndo} onClick={() => rating.undo()}>
            {t('rate.undo')}
          </Button>
          <Button kind="ghost" icon="check" disabled={rating.unrated.length === 0} onClick={() => offerOthers(rating)}>
            {t('rate.others')}
          </Button>
        </div>
      </div>
      {shown.length === 0 ? (
        <p class="soft rate-none">{t('rate.filter_none')}</p>
      ) : (
        <table ref={table} class="rate-table">
          <caption class="visually-hidden">{t('rate.table')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('rate.col_student')}</th>
              <th scope="col">{t('rate.col_last')}</th>
              <th scope="col">{t('rate.col_light')}</th>
              <th scope="col">{t('subject.remark')}</th>
              <th scope="col">{t('subject.action')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              <TableRow
                key={row.student.id}
                rating={rating}
                row={row}
                tabStop={row.student.id === tabStop}
                onFocus={() => {
                  at.value = row.student.id;
                }}
                onKeyDown={(event) => onKeyDown(event, row, index)}
                rate={(light) => rate(row, light)}
              />
            ))}
          </tbody>
        </table>
      )}
      <p class="small soft rate-table-keys">{keysOn.value ? t('rate.table_keys') : t('rate.table_keys_off')}</p>
    </div>
  );
}

interface RowProps {
  rating: Rating;
  row: Row;
  tabStop: boolean;
  onFocus: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  rate: (light: Stoplight) => void;
}

function TableRow({ rating, row, tabStop, onFocus, onKeyDown, rate }: RowProps) {
  const { student, pair, content } = row;
  const inside = tabStop ? 0 : -1;
  const spoken = [
    student.name,
    content.stoplight ? stoplightName(content.stoplight) : t('stoplight.none'),
    !row.complete && content.stoplight && t('rate.lacks'),
    untilText(row),
  ]
    .filter(Boolean)
    .join(', ');
  return (
    <tr
      data-student={student.id}
      class={[!row.writable && 'rate-row-past', tabStop && 'rate-row-at'].filter(Boolean).join(' ') || undefined}
      tabIndex={inside}
      aria-label={spoken}
      onFocusCapture={onFocus}
      onKeyDown={onKeyDown}
    >
      <th scope="row">
        <a href={`/students/${student.id}`} tabIndex={inside}>
          {student.list_name}
        </a>
        <span class="small soft">
          {untilText(row) || student.apart || (row.by && t('rate.by', { name: row.by })) || ''}
        </span>
      </th>
      <td>
        {pair.last && (
          <button
            type="button"
            class="rate-was"
            tabIndex={inside}
            aria-label={t('rate.last_of', { name: student.name, light: stoplightName(pair.last.stoplight) })}
            title={`${pair.last.round_name}: ${stoplightName(pair.last.stoplight)}`}
            onClick={() => rating.clock(student.id)}
          >
            <StoplightSymbol light={pair.last.stoplight} size={22} />
          </button>
        )}
      </td>
      <td>
        <Lights row={row} tabIndex={inside} rate={rate} />
      </td>
      <TextCell rating={rating} row={row} cell="remark" tabIndex={inside} />
      <TextCell rating={rating} row={row} cell="action" tabIndex={inside} />
    </tr>
  );
}

/** The four in a row of the table, quiet until one is chosen, and *Nog geen beeld* beside them. */
function Lights({ row, tabIndex, rate }: { row: Row; tabIndex: number; rate: (light: Stoplight) => void }) {
  const chosen = row.content.stoplight;
  return (
    <div class="rate-lights">
      <fieldset class="rate-lights-four" aria-label={t('rate.rate', { name: row.student.name })}>
        {FOUR.map((light) => (
          <button
            key={light}
            type="button"
            class={`rate-light rate-light-${light}`}
            aria-pressed={chosen === light}
            aria-label={stoplightName(light)}
            title={stoplightName(light)}
            tabIndex={tabIndex}
            disabled={!row.writable}
            onClick={() => rate(light)}
          >
            <StoplightSymbol light={light} size={24} />
          </button>
        ))}
      </fieldset>
      {(row.writable || chosen === 'no_picture') && (
        <button
          type="button"
          class="rate-light rate-light-no_picture"
          aria-pressed={chosen === 'no_picture'}
          aria-label={stoplightName('no_picture')}
          title={stoplightName('no_picture')}
          tabIndex={tabIndex}
          disabled={!row.writable}
          onClick={() => rate('no_picture')}
        >
          <StoplightSymbol light="no_picture" size={22} />
        </button>
      )}
    </div>
  );
}

function TextCell({ rating, row, cell, tabIndex }: { rating: Rating; row: Row; cell: Cell; tabIndex: number }) {
  const value = row.content[cell];
  const red = row.writable && (row.missing.includes(cell) || (cell === 'remark' && row.missing.includes('reason')));
  const label = cell === 'remark' && row.content.stoplight === 'no_picture' ? t('rate.reason') : t(`subject.${cell}`);
  if (!row.writable) return <td class="prose">{value}</td>;
  const over = [...value].length - MOST;
  return (
    <td>
      <textarea
        data-cell={cell}
        class={red || over > 0 ? 'input input-missing' : 'input'}
        rows={1}
        value={value}
        tabIndex={tabIndex}
        aria-label={`${label}, ${row.student.name}`}
        aria-required={red || undefined}
        aria-invalid={over > 0 || undefined}
        placeholder={red ? label : undefined}
        onInput={(event) => rating.write(row.student.id, { [cell]: event.currentTarget.value })}
        onBlur={() => rating.settled(row.student.id)}
      />
      {over > 0 && <p class="small ink-warning">{t('field.too_long', { n: over })}</p>}
    </td>
  );
}
