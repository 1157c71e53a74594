import { type Language, language } from './i18n';

/** Schools live by the clock on their wall, wherever the phone happens to be. */
const ZONE = 'Europe/Amsterdam';
const DAY_MS = 24 * 60 * 60 * 1000;
export const LOCALES: Record<Language, string> = { nl: 'nl-NL', en: 'en-GB' };

const formats = new Map<string, Intl.DateTimeFormat>();

/** A moment in words on the school's clock; in the reader's language unless another one is named. */
export function say(date: Date, options: Intl.DateTimeFormatOptions, locale = LOCALES[language.value]): string {
  const key = locale + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale, { timeZone: ZONE, ...options });
    formats.set(key, found);
  }
  return found.format(date);
}

/** A date without a time ("2026-12-04") is that day at noon, so that no zone moves it. */
export function read(iso: string): Date {
  return new Date(iso.length === 10 ? `${iso}T12:00:00Z` : iso);
}

/** "2026-12-04 16:00" on the school's clock: dates are written this way in Sweden. */
export function wallTime(date: Date): string {
  return say(date, { dateStyle: 'short', timeStyle: 'short' }, 'sv-SE');
}

/** Days from one moment to another on the school's calendar; summer time does not count. */
export function daysBetween(from: Date, to: Date): number {
  const midnight = (date: Date) => Date.parse(wallTime(date).slice(0, 10));
  return (midnight(to) - midnight(from)) / DAY_MS;
}

/** "16.00", in English "16:00". */
export function time(iso: string): string {
  const text = wallTime(read(iso)).slice(-5);
  return language.value === 'nl' ? text.replace(':', '.') : text;
}

/** "4 december", with the year when it is not this one. */
export function day(iso: string, now = new Date()): string {
  const date = read(iso);
  const sameYear = wallTime(date).slice(0, 4) === wallTime(now).slice(0, 4);
  return say(date, { day: 'numeric', month: 'long', ...(sameYear ? {} : { year: 'numeric' }) });
}

/** "vrijdag 16.00" within a week, else "vrijdag 4 december 16.00". */
export function moment(iso: string, now = new Date()): string {
  const date = read(iso);
  const days = daysBetween(now, date);
  const weekday = say(date, { weekday: 'long' });
  return days >= 0 && days < 7 ? `${weekday} ${time(iso)}` : `${weekday} ${day(iso, now)} ${time(iso)}`;
}
