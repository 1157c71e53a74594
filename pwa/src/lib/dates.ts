import { language, t } from './i18n';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** 01:00 UTC on the last Sunday of a month of 31 days. */
function lastSunday(year: number, month: number): number {
  const last = new Date(Date.UTC(year, month, 31, 1));
  return last.getTime() - last.getUTCDay() * DAY_MS;
}

/**
 * The clock on the school's wall, wherever the phone happens to be: the fields in UTC of what it answers. One hour ahead of
 * UTC, two in summer time as Directive 2000/84/EC has it. Reckoned here, because a browser's first `Intl.DateTimeFormat`
 * costs a slow phone a tenth of a second; the tests compare the two.
 */
function wall(date: Date): Date {
  const at = date.getTime();
  const year = date.getUTCFullYear();
  const summer = at >= lastSunday(year, 2) && at < lastSunday(year, 9);
  return new Date(at + (summer ? 2 : 1) * HOUR_MS);
}

/** A date without a time ("2026-12-04") is that day at noon, so that no zone moves it. */
export function read(iso: string): Date {
  return new Date(iso.length === 10 ? `${iso}T12:00:00Z` : iso);
}

/** "2026-12-04T16:00" on the school's clock. */
export function wallTime(date: Date): string {
  return wall(date).toISOString().slice(0, -8);
}

/** Days from one moment to another on the school's calendar; summer time does not count. */
export function daysBetween(from: Date, to: Date): number {
  const midnight = (date: Date) => Date.parse(wallTime(date).slice(0, -6));
  return (midnight(to) - midnight(from)) / DAY_MS;
}

/** "16.00", in English "16:00". */
export function time(iso: string): string {
  const text = wallTime(read(iso)).slice(-5);
  return language.value === 'nl' ? text.replace(':', '.') : text;
}

/** "4 december"; months are named by `names`, a text with twelve words. */
export function dayAs(names: 'date.months' | 'date.months_short', iso: string): string {
  const date = wall(read(iso));
  return `${date.getUTCDate()} ${t(names).split(' ')[date.getUTCMonth()]}`;
}

/** "4 december", with the year when it is not this one. */
export function day(iso: string, now = new Date()): string {
  const year = wall(read(iso)).getUTCFullYear();
  return dayAs('date.months', iso) + (year === wall(now).getUTCFullYear() ? '' : ` ${year}`);
}

/** "vrijdag 16.00" within a week, else "vrijdag 4 december 16.00". */
export function moment(iso: string, now = new Date()): string {
  const date = read(iso);
  const days = daysBetween(now, date);
  const weekday = t('date.weekdays').split(' ')[wall(date).getUTCDay()];
  return days >= 0 && days < 7 ? `${weekday} ${time(iso)}` : `${weekday} ${day(iso, now)} ${time(iso)}`;
}
