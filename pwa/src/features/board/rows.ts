import type { Stoplight } from '../report/types';
import type { Board, BoardCell, BoardStudent } from './types';

/** Which students stand on the board. */
export const FILTERS = ['all', 'care', 'warning', 'undecided'] as const;
export type Filter = (typeof FILTERS)[number];

export const SORTS = ['name', 'care'] as const;
export type Sort = (typeof SORTS)[number];

const has = (row: BoardStudent, light: Stoplight) => row.cells.some(({ stoplight }) => stoplight === light);

const SHOWS: Record<Filter, (row: BoardStudent) => boolean> = {
  all: () => true,
  care: (row) => row.concern > 0,
  warning: (row) => has(row, 'warning'),
  undecided: (row) => row.concern > 0 && row.decisions.length === 0,
};

/** A student with the number in the class list, which stands for the name while names are hidden. */
export interface Row {
  number: number;
  row: BoardStudent;
}

/** The rows to show. The server sends them in class-list order, which equal ones keep. */
export function arrange(board: Board, filter: Filter, sort: Sort): Row[] {
  const rows = board.students.map((row, i) => ({ number: i + 1, row })).filter(({ row }) => SHOWS[filter](row));
  return sort === 'care' ? rows.sort((a, b) => b.row.concern - a.row.concern) : rows;
}

export function filterCount(board: Board, filter: Filter): number {
  return board.students.filter(SHOWS[filter]).length;
}

/** What stands in one column of a row: as a rule one stoplight, two where the student changed group. */
export function cellsAt(row: BoardStudent, column: number): BoardCell[] {
  return row.cells.filter((cell) => cell.column === column);
}

/** How high a row may be, so that a whole group fits on the beamer; in pixels, never too small to press. */
export function rowHeight(rows: number, room: number): number {
  return Math.max(30, Math.min(64, Math.floor(room / Math.max(rows, 1))));
}
