import { FOUR } from '../../components';
import { language, t } from '../../lib/i18n';
import type { Lights, NamedLights } from './types';

/** What the address of the page can hold: what one filters by, and what the split is by. */
export const FILTERS = ['round', 'year', 'level', 'subject', 'group'] as const;
export const SPLITS = ['year', 'level', 'subject', 'group'] as const;
export type Filter = (typeof FILTERS)[number];
export type Split = (typeof SPLITS)[number];
export type Query = Readonly<Record<string, string>>;

const PAGE = '/organise/figures';

/** The filters of an address as the server is asked by them. */
export function asked(query: Query): string {
  const wanted = FILTERS.flatMap((name) => (query[name] ? [[name, query[name]] as [string, string]] : []));
  return wanted.length > 0 ? `/figures?${new URLSearchParams(wanted)}` : '/figures';
}

/** The address of the page after a change. A group belongs to one year, level, subject and round: with those it goes. */
export function address(query: Query, change: Readonly<Partial<Record<Filter | 'by', string>>>): string {
  const kept = 'group' in change || 'by' in change ? query : { ...query, group: '' };
  const next: Record<string, string> = { ...kept, ...change };
  const some = [...FILTERS, 'by'].flatMap((name) => (next[name] ? [[name, next[name]] as [string, string]] : []));
  return some.length > 0 ? `${PAGE}?${new URLSearchParams(some)}` : PAGE;
}

/** What the split is by, also when the address says something odd. */
export function splitOf(query: Query): Split {
  return SPLITS.find((name) => name === query.by) ?? 'year';
}

/** Whole percents that add up to 100: what is cut off most is rounded up. */
export function percents(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, n) => sum + n, 0);
  if (total === 0) return counts.map(() => 0);
  const exact = counts.map((n) => (n * 100) / total);
  const whole = exact.map(Math.floor);
  const left = 100 - whole.reduce((sum, n) => sum + n, 0);
  const first = exact
    .map((value, at) => ({ at, rest: value - Math.floor(value) }))
    .sort((a, b) => b.rest - a.rest || a.at - b.at)
    .slice(0, left);
  for (const { at } of first) whole[at] = (whole[at] ?? 0) + 1;
  return whole;
}

export const counts = (lights: Lights): number[] => FOUR.map((light) => lights[light]);
export const sum = (lights: Lights): number => counts(lights).reduce((total, n) => total + n, 0);

/** Percent of *Let op* and *Pas op* together. */
export function concern(lights: Lights): number {
  const [, , attention = 0, warning = 0] = percents(counts(lights));
  return attention + warning;
}

/** "2,5", in English "2.5". */
export function decimal(n: number): string {
  return language.value === 'nl' ? String(n).replace('.', ',') : String(n);
}

export function lightsSaid(lights: Lights): string {
  const [excellent = 0, on_track = 0, attention = 0, warning = 0] = percents(counts(lights));
  return t('figures.lights.said', { total: sum(lights), excellent, on_track, attention, warning });
}

/** Whether there was more or less to worry about in the round before. */
export function changeSaid(now: Lights, before: Lights, round: string): string {
  const [here, there] = [concern(now), concern(before)];
  const way = here < there ? 'less' : here > there ? 'more' : 'same';
  return t(`figures.change.${way}`, { now: here, before: there, round });
}

/** Between which ends the parts lie, and never which of them lies where. */
export function splitSaid(parts: readonly NamedLights[]): string {
  const all = parts.map(({ lights }) => concern(lights));
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return least === most ? t('figures.split.same', { most }) : t('figures.split.said', { least, most });
}
