import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import en from '../messages/en.json';
import nl from '../messages/nl.json';
import { ApiProblem, api, ConnectionLost, setTransport } from '../src/lib/api';
import * as calendar from '../src/lib/calendar';
import * as dates from '../src/lib/dates';
import { setMessages, t } from '../src/lib/i18n';
import { initials, listName } from '../src/lib/names';
import { online, signedOut } from '../src/lib/session';

const json = (status: number, body: unknown, type = 'application/json') =>
  new Response(body === undefined ? null : JSON.stringify(body), { status, headers: { 'Content-Type': type } });

describe('the client of the API', () => {
  const sent: Request[] = [];
  let answer: () => Response | Promise<Response>;

  beforeEach(() => {
    sent.length = 0;
    online.value = true;
    signedOut.value = false;
    setTransport(async (request) => {
      sent.push(request);
      return answer();
    });
  });

  afterEach(() => setTransport((request) => fetch(request)));

  test('a write carries its version and a key of its own', async () => {
    answer = () => json(200, { version: 4 });
    const saved = await api.put<{ version: number }>('/x', { remark: 'a' }, { ifMatch: 3 });
    await api.put('/x', { remark: 'b' }, { ifMatch: 4 });
    expect(saved.version).toBe(4);
    expect(sent[0]?.url).toMatch(/\/api\/v1\/x$/);
    expect(sent[0]?.headers.get('If-Match')).toBe('"3"');
    expect(await sent[0]?.json()).toEqual({ remark: 'a' });
    expect(sent[0]?.headers.get('Idempotency-Key')).not.toBe(sent[1]?.headers.get('Idempotency-Key'));
  });

  test('a repeated write keeps the key it is given', async () => {
    answer = () => json(200, {});
    await api.post('/x', {}, { key: 'again' });
    expect(sent[0]?.headers.get('Idempotency-Key')).toBe('again');
  });

  test('reading sends neither key nor body', async () => {
    answer = () => json(200, []);
    await api.get('/x');
    expect(sent[0]?.headers.has('Idempotency-Key')).toBe(false);
    expect(sent[0]?.method).toBe('GET');
  });

  test('a refusal keeps type, words, fields and everything beside them', async () => {
    answer = () =>
      json(
        409,
        {
          type: 'stale',
          title: 'Nieuwere tekst',
          detail: 'Kies',
          errors: [{ pointer: '/remark', detail: 'Te lang' }],
          current: { remark: 'b' },
        },
        'application/problem+json',
      );
    const problem = await api.put('/x', {}).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(ApiProblem);
    expect(problem).toMatchObject({
      status: 409,
      type: 'stale',
      title: 'Nieuwere tekst',
      members: { current: { remark: 'b' } },
    });
    expect((problem as ApiProblem).at('/remark')).toBe('Te lang');
  });

  test('a session that is over raises the signal', async () => {
    answer = () => json(401, { type: 'signed-out', title: 'Log in' }, 'application/problem+json');
    await expect(api.get('/me')).rejects.toMatchObject({ status: 401 });
    expect(signedOut.value).toBe(true);
  });

  test('no answer means offline, and the next answer means online', async () => {
    answer = () => Promise.reject(new TypeError('no network'));
    await expect(api.get('/me')).rejects.toBeInstanceOf(ConnectionLost);
    expect(online.value).toBe(false);
    answer = () => new Response(null, { status: 204 });
    expect(await api.del('/x')).toBeUndefined();
    expect(online.value).toBe(true);
  });

  test('a proxy without its server counts as offline, not as a refusal', async () => {
    answer = () => new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'Content-Type': 'text/html' } });
    await expect(api.get('/me')).rejects.toBeInstanceOf(ConnectionLost);
    expect(online.value).toBe(false);
  });

  test('a screen that is left stops its request without calling the device offline', async () => {
    const leave = new AbortController();
    answer = () => {
      leave.abort();
      return Promise.reject(new DOMException('left', 'AbortError'));
    };
    await expect(api.get('/me', { signal: leave.signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(online.value).toBe(true);
  });
});

describe('dates as people say them', () => {
  const now = new Date('2026-11-23T20:00:00+01:00');

  test.each([
    ['this week', '2026-11-27T16:00:00+01:00', 'vrijdag 16.00'],
    ['today', '2026-11-23T22:05:00+01:00', 'maandag 22.05'],
    ['next week', '2026-12-04T16:00:00+01:00', 'vrijdag 4 december 16.00'],
    ['in the past', '2026-11-20T16:00:00+01:00', 'vrijdag 20 november 16.00'],
    ['another year', '2025-06-06T09:30:00+02:00', 'vrijdag 6 juni 2025 09.30'],
  ])('%s', (_when, iso, words) => expect(dates.moment(iso, now)).toBe(words));

  test.each([
    ['2026-11-23T23:59:00+01:00', 'vandaag'],
    ['2026-11-24T00:01:00+01:00', 'morgen'],
    ['2026-11-29', 'over 6 dagen'],
    ['2026-12-14', 'over 3 weken'],
    ['2026-11-20', '3 dagen geleden'],
  ])('%s is %s', (iso, words) => expect(calendar.fromNow(iso, now)).toBe(words));

  test('a moment in UTC is shown on the clock of the school, in winter and in summer', () => {
    expect(dates.time('2026-12-04T15:00:00Z')).toBe('16.00');
    expect(dates.time('2026-06-04T15:00:00Z')).toBe('17.00');
  });

  test('the clock on the wall is the one that browsers know', () => {
    const known = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Europe/Amsterdam',
      dateStyle: 'short',
      timeStyle: 'short',
    });
    // The rule for summer time is that old.
    const moments = fc.date({ min: new Date('1996-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
    const same = (at: Date) => {
      expect(dates.wallTime(at).replace('T', ' ')).toBe(known.format(at));
    };
    fc.assert(fc.property(moments, same));
    for (const change of ['2026-03-29T01:00Z', '2026-10-25T01:00Z']) {
      for (const minutes of [-1, 0, 1]) {
        same(new Date(Date.parse(change) + minutes * 60_000));
      }
    }
  });

  test.each([
    ['nl', nl],
    ['en', en],
  ] as const)('months and days of the week have the names that browsers know, in %s', (language, texts) => {
    setMessages(language, texts);
    for (let month = 1; month <= 12; month++) {
      const iso = `2026-${String(month).padStart(2, '0')}-0${month % 7 || 7}`;
      const at = dates.read(iso);
      const spoken = (options: Intl.DateTimeFormatOptions) =>
        new Intl.DateTimeFormat(language === 'nl' ? 'nl-NL' : 'en-GB', options).format(at);
      expect(dates.day(iso, at)).toBe(spoken({ day: 'numeric', month: 'long' }));
      expect(calendar.shortDay(iso)).toBe(spoken({ day: 'numeric', month: 'short' }));
      expect(dates.moment(iso, at)).toContain(spoken({ weekday: 'long' }));
    }
    setMessages('nl', nl);
  });

  test.each(['2026-12-04T16:00', '2026-06-04T16:00', '2027-03-28T03:30', '2026-10-25T03:30', '0202-12-04T16:00'])(
    'a field with %s comes back as it was',
    (local) => {
      const iso = calendar.fromSchoolTime(local);
      expect(iso && calendar.schoolTime(iso)).toBe(local);
    },
  );

  test('the end of all years is no fault', () => expect(calendar.fromSchoolTime('9999-12-31T23:59')).not.toBeNull());

  test('an empty field is no moment', () => expect(calendar.fromSchoolTime('')).toBeNull());
});

describe('names', () => {
  test('sort on the family name without its particle', () => {
    expect(listName('Sara', 'de', 'Vries')).toBe('Vries, Sara de');
    expect(listName('Mei', '', 'Nguyễn')).toBe('Nguyễn, Mei');
  });

  test.each([
    ['Zoë van den Berg', 'ZB'],
    ['Özlem Yılmaz', 'ÖY'],
    ['Anne-Fleur IJzerman', 'AI'],
    ["Kofi D'Hondt", 'KD'],
    ['Imre', 'I'],
  ])('%s is %s', (name, letters) => expect(initials(name)).toBe(letters));
});

describe('texts with parameters', () => {
  const texts = { ...nl, 'field.left_one': 'Nog {n} teken', 'field.left_other': 'Nog {n} tekens' };

  test('one and many', () => {
    setMessages('nl', texts);
    expect(t('field.left', { n: 1 })).toBe('Nog 1 teken');
    expect(t('field.left', { n: 2 })).toBe('Nog 2 tekens');
    expect(t('field.left', { n: 0 })).toBe('Nog 0 tekens');
  });

  test('a missing parameter stays visible', () => expect(t('subject.was')).toContain('{light}'));
});
