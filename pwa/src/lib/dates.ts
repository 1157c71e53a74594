import { type Language, language } from './i18n';

/** Schools live by the clock on their wall, wherever the phone happens to be. */
const ZONE = 'Europe/Amsterdam';
const DAY_MS = 24 * 60 * 60 * 1000;
const LOCALES: Record<Language, string> = { nl: 'nl-NL', en: 'en-GB' };

const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language.value + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(LOCALES[language.value], { timeZone: ZONE, ...options });
    formats.set(key, found);
  }
  return found;
}

/** A date without a time ("2026-12-04") is that day at noon, so that no zone moves it. */
function read(iso: string): Date {
  return new Date(iso.length === 10 ? `${iso}T12:00:00Z` : iso);
}

/** Number of the day in the school's zone, for counting days across summer time. */
function dayNumber(date: Date): number {
  const [year, month, day] = localParts(date);
  return Math.round(Date.UTC(year, month - 1, day) / DAY_MS);
}

function localParts(date: Date): [number, number, number, number, number] {
  let found = formats.get('parts');
  if (!found) {
    found = new Intl.DateTimeFormat('en-GB', {
      timeZone: ZONE,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      hourCycle: 'h23',
    });
    formats.set('parts', found);
  }
  const values = Object.fromEntries(found.formatToParts(date).map(({ type, value }) => [type, Number(value)]));
  return [values.year ?? 0, values.month ?? 0, values.day ?? 0, values.hour ?? 0, values.minute ?? 0];
}

/** "16.00", in English "16:00". */
export function time(iso: string): string {
  const text = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(read(iso));
  return language.value === 'nl' ? text.replace(':', '.') : text;
}

/** "4 december", with the year when it is not this one. */
export function day(iso: string, now = new Date()): string {
  const date = read(iso);
  const sameYear = localParts(date)[0] === localParts(now)[0];
  return format({ day: 'numeric', month: 'long', ...(sameYear ? {} : { year: 'numeric' }) }).format(date);
}

/** "4 dec", for narrow places. */
export function shortDay(iso: string): string {
  return format({ day: 'numeric', month: 'short' }).format(read(iso));
}

/** "vrijdag 16.00" within a week, else "vrijdag 4 december 16.00". */
export function moment(iso: string, now = new Date()): string {
  const date = read(iso);
  const days = dayNumber(date) - dayNumber(now);
  const weekday = format({ weekday: 'long' }).format(date);
  return days >= 0 && days < 7 ? `${weekday} ${time(iso)}` : `${weekday} ${day(iso, now)} ${time(iso)}`;
}

/** "vandaag", "morgen", "over 6 dagen", "3 weken geleden": in days of the school's calendar. */
export function fromNow(iso: string, now = new Date()): string {
  const days = dayNumber(read(iso)) - dayNumber(now);
  const speak = new Intl.RelativeTimeFormat(LOCALES[language.value], { numeric: 'auto' });
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
  const [year, month, date, hour, minute] = localParts(read(iso));
  const two = (n: number) => String(n).padStart(2, '0');
  return `${year}-${two(month)}-${two(date)}T${two(hour)}:${two(minute)}`;
}

/** The other way round: a day and hour on the school's clock as a moment; an empty field is null. */
export function fromSchoolTime(local: string): string | null {
  const asUtc = new Date(`${local}:00Z`);
  if (!/^\d{4,}-\d\d-\d\dT\d\d:\d\d$/.test(local) || Number.isNaN(asUtc.getTime())) return null;
  const offsetAt = (moment: Date) => {
    const [year, month, date, hour, minute] = localParts(moment);
    return Date.UTC(year, month - 1, date, hour, minute) - Math.floor(moment.getTime() / 60_000) * 60_000;
  };
  // The offset is asked for twice: near the change of the clock the first guess lies on the other side.
  const guess = new Date(asUtc.getTime() - offsetAt(asUtc));
  return new Date(asUtc.getTime() - offsetAt(guess)).toISOString();
}
