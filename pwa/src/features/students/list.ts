import { isNamed } from '../../lib/names';
import type { RoundState, StudentStatus } from '../report/types';

/** Which students of *Mijn leerlingen* are shown. */
export const FILTERS = ['all', 'care', 'to_share', 'unread', 'no_plan', 'plan_in'] as const;
export type Filter = (typeof FILTERS)[number];

export const SORTS = ['name', 'care', 'to_do'] as const;
export type Sort = (typeof SORTS)[number];

const SHOWS: Record<Filter, (s: StudentStatus) => boolean> = {
  all: () => true,
  care: (s) => s.strip.some(({ stoplight }) => stoplight === 'attention' || stoplight === 'warning'),
  to_share: (s) => s.shared === null,
  unread: (s) => s.shared !== null && s.shared.read === false,
  no_plan: (s) => s.shared !== null && s.plan === 'none',
  plan_in: (s) => s.plan === 'handed_in',
};

/** The filters that make sense now: nothing can be shared or planned while the round is open. */
export function filtersFor(state: RoundState, sharing: boolean): readonly Filter[] {
  return state === 'open' || !sharing ? FILTERS.slice(0, 2) : FILTERS;
}

function count(s: StudentStatus, ...lights: string[]): number {
  return s.strip.filter(({ stoplight }) => lights.includes(stoplight)).length;
}

function toDo(s: StudentStatus): number {
  return (s.total ?? 0) - (s.done ?? 0);
}

const COMPARES: Record<Sort, (a: StudentStatus, b: StudentStatus) => number> = {
  // The server sends them by family name without particle; a stable sort keeps that.
  name: () => 0,
  care: (a, b) => count(b, 'warning') - count(a, 'warning') || count(b, 'attention') - count(a, 'attention'),
  to_do: (a, b) => toDo(b) - toDo(a),
};

/** The students to show, filtered and sorted; equal ones stay in the order of the server. */
export function arrange(students: readonly StudentStatus[], filter: Filter, sort: Sort, search = ''): StudentStatus[] {
  const sought = search.trim();
  return students.filter((s) => SHOWS[filter](s) && isNamed(s.student.name, sought)).sort(COMPARES[sort]);
}

/** How many students each filter would show. */
export function filterCount(students: readonly StudentStatus[], filter: Filter): number {
  return students.filter(SHOWS[filter]).length;
}
