import { dayAs, daysBetween, moment, read, wallTime } from './dates';
import { language } from './i18n';

/** "4 dec", for narrow places. */
export function shortDay(iso: string): string {
  return dayAs('date.months_short', iso);
}

/** "vandaag", "morgen", "over 6 dagen", "3 weken geleden": in days of the school's calendar. */
export function fromNow(iso: string, now = new Date()): string {
  const days = daysBetween(now, read(iso));
  const speak = new Intl.RelativeTimeFormat(language.value, { numeric: 'auto' });
  const size = Math.abs(days);
  if (size < 14) return speak.format(days, 'day');
  if (size < 60) return speak.format(Math.round(days / 7), 'week');
  return speak.format(Math.round(days / 30.4), 'month');
}

/** "vrijdag 16.00 · over 4 dagen". */
export function deadline(iso: string, now = new Date()): string {
  return `${moment(iso, now)} · ${fromNow(iso, now)}`;
}

/** True when the moment has gone by. */
export function isPast(iso: string, now = new Date()): boolean {
  return read(iso).getTime() < now.getTime();
}

/** A moment as a field with day and hour wants it: "2026-12-04T16:00" on the school's clock. */
export function schoolTime(iso: string): string {
  return wallTime(read(iso));
}

/** The other way round: a day and hour on the school's clock as a moment; an empty field is null. */
export function fromSchoolTime(local: string): string | null {
  const asUtc = Date.parse(`${local}:00Z`);
  if (!/^\d{4,}-\d\d-\d\dT\d\d:\d\d$/.test(local) || Number.isNaN(asUtc)) return null;
  const iso = (at: number) => new Date(at).toISOString();
  // None in the last hour of the year 9999, which has no wall time of four figures.
  const offsetAt = (at: number) => Date.parse(`${schoolTime(iso(at))}:00Z`) - Math.floor(at / 60_000) * 60_000 || 0;
  // The offset is asked for twice: near the change of the clock the first guess lies on the other side.
  const guess = asUtc - offsetAt(asUtc);
  return iso(asUtc - offsetAt(guess));
}
