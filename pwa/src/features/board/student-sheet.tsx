import { useState } from 'preact/hooks';
import { Button, confirm, Sheet, StoplightLabel } from '../../components';
import { shortDay } from '../../lib/calendar';
import { useClosing } from '../../lib/closing';
import { t } from '../../lib/i18n';
import type { Stoplight } from '../report/types';
import Decisions from './board-decisions';
import type { Board, BoardCell, BoardStudent } from './types';

const RANK: Record<Stoplight, number> = { warning: 0, attention: 1, on_track: 2, excellent: 3, no_picture: 4 };

/** What asks for care first, then what goes well, then where nothing was given. */
export function careFirst(cells: readonly BoardCell[]): BoardCell[] {
  const rank = (cell: BoardCell) => (cell.stoplight ? RANK[cell.stoplight] : 5);
  return [...cells].sort((a, b) => rank(a) - rank(b) || a.column - b.column);
}

/** One student while the group is discussed: the stoplights in words, what was decided, and the way to the report. */
export function StudentSheet({
  board,
  row,
  name,
  onClose,
  onChanged,
}: {
  board: Board;
  row: BoardStudent;
  /** As the board shows it: the number while names are hidden. */
  name: string;
  onClose: () => void;
  onChanged: () => void;
}) {
  const { open, close } = useClosing(onClose);
  const [writing, setWriting] = useState(false);
  const path = `/rounds/${board.round.id}/students/${row.student.id}`;

  async function leave() {
    if (!writing || (await confirm({ title: t('board.leave_title'), yes: t('board.leave'), danger: true }))) close();
  }

  return (
    <Sheet open={open} onClose={leave} title={name} subtitle={board.round.name} side>
      <ul class="board-lights" aria-label={t('board.lights')}>
        {careFirst(row.cells).map((cell) => (
          <li key={`${cell.column}/${cell.until ?? ''}`}>
            <span>
              {board.columns[cell.column]}
              {cell.until && <span class="small soft"> {t('board.until', { day: shortDay(cell.until) })}</span>}
            </span>
            {cell.stoplight ? (
              <StoplightLabel light={cell.stoplight} size={20} />
            ) : (
              <span class="soft">{t('stoplight.none')}</span>
            )}
          </li>
        ))}
      </ul>
      <Decisions
        path={path}
        decisions={row.decisions}
        decide={board.decide}
        agree={row.agree}
        onChanged={onChanged}
        onWriting={setWriting}
      />
      <Button kind="ghost" icon="report" href={path}>
        {t('board.to_report')}
      </Button>
    </Sheet>
  );
}
