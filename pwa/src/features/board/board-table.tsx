import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon, StoplightSymbol } from '../../components';
import { t } from '../../lib/i18n';
import { cellsAt, type Row, rowHeight } from './rows';
import type { Board, BoardCell } from './types';

/** What stands around the rows of a board that has the whole screen. */
const AROUND_PX = 300;

/** How high the rows are while the board has the whole screen; null otherwise. */
function useRowHeight(full: boolean, rows: number): number | null {
  const [room, setRoom] = useState(0);
  useEffect(() => {
    if (!full) return;
    const measure = () => setRoom(innerHeight - AROUND_PX);
    measure();
    addEventListener('resize', measure);
    return () => removeEventListener('resize', measure);
  }, [full]);
  return full && room > 0 ? rowHeight(rows, room) : null;
}

/** Students below each other, subjects beside each other; each row opens its student. */
export function BoardTable({
  board,
  rows,
  nameOf,
  full,
  label,
  onOpen,
}: {
  board: Board;
  rows: readonly Row[];
  nameOf: (row: Row) => string;
  full: boolean;
  label: string;
  onOpen: (row: Row) => void;
}) {
  const body = useRef<HTMLTableSectionElement>(null);
  const height = useRowHeight(full, rows.length);
  const size = height === null ? 24 : Math.round(height * 0.6);

  function move(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const names = [...(body.current?.querySelectorAll<HTMLButtonElement>('.board-name') ?? [])];
    const at = names.indexOf(event.target as HTMLButtonElement);
    if (!step || at < 0) return;
    event.preventDefault();
    names[at + step]?.focus();
  }

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keys too.
    <section class="board-scroll" aria-label={label} tabIndex={0}>
      <table class="board" style={height === null ? undefined : { '--row': `${height}px` }}>
        <thead>
          <tr>
            <th scope="col">{t('board.student')}</th>
            {board.columns.map((subject) => (
              <th key={subject} scope="col" class="board-subject">
                <span>{subject}</span>
              </th>
            ))}
            <th scope="col" class="board-subject">
              <span>{t('board.decisions')}</span>
            </th>
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={move}>
          {rows.map((each) => (
            <tr key={each.row.student.id}>
              <th scope="row">
                <button type="button" class="board-name" onClick={() => onOpen(each)}>
                  {nameOf(each)}
                </button>
              </th>
              {board.columns.map((subject, column) => (
                <td key={subject}>
                  <Cells cells={cellsAt(each.row, column)} size={size} />
                </td>
              ))}
              <td>
                {each.row.decisions.length > 0 && (
                  <span class="board-decided">
                    <Icon name="pencil" size={16} />
                    <span class="numeric" aria-hidden="true">
                      {each.row.decisions.length}
                    </span>
                    <span class="visually-hidden">{t('board.n_decisions', { n: each.row.decisions.length })}</span>
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Nothing where the student does not have the subject, a ring where nothing was given. */
function Cells({ cells, size }: { cells: readonly BoardCell[]; size: number }) {
  if (cells.length === 0) return null;
  return (
    <span class="board-cell">
      {cells.map(({ stoplight, until }) =>
        stoplight ? (
          <span key={until} class={until ? 'board-until' : undefined}>
            <StoplightSymbol light={stoplight} size={until ? Math.round(size * 0.7) : size} label />
          </span>
        ) : (
          <span key={until} class="strip-none" role="img" aria-label={t('stoplight.none')} />
        ),
      )}
    </span>
  );
}
