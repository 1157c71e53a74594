import type { components } from '../../lib/api.gen';

type Server = components['schemas'];

/** Of which groups and in which rounds the reader may open the board. */
export type Boards = Server['Boards'];
export type Board = Server['Board'];
export type BoardStudent = Server['BoardStudent'];
export type BoardCell = Server['BoardCell'];
/** What was decided about a student when the group was discussed. */
export type Decision = Server['Decision'];
