import { signal } from '../../lib/signals';
import type { MyStudents } from '../report/types';
import type { Filter, Sort } from './list';

/** How the mentor last looked at the list; kept while going from student to student. */
export const filter = signal<Filter>('all');
export const sort = signal<Sort>('name');
export const search = signal('');

/** The list as it was shown last, so that it stands there at once beside the next report. */
export const lastSeen = signal<{ path: string; data: MyStudents } | null>(null);

/** Counts acts on one report: the list beside it asks the server again. */
export const reportActs = signal(0);
/** Counts acts on a whole group: the report beside the list asks the server again. */
export const groupActs = signal(0);

/** How far the list beside a report was scrolled. */
export const scrolled = { top: 0 };

/** Address of the list for a round, or for the round that the server thinks of first. */
export function studentsPath(round?: string): string {
  return round ? `/my/students?round=${encodeURIComponent(round)}` : '/my/students';
}
