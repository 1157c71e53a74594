import { describe, expect, it } from 'vitest';
import {
  type Answer,
  answered,
  answerTo,
  attempted,
  chosen,
  joined,
  patience,
  refusedWhole,
  retried,
} from '../src/lib/answers';
import { type Content, EMPTY, edited, type Known, refreshed, type Waiting } from '../src/lib/conflict';
import { LABEL, PLACE } from './outbox-world';
import { waitingText } from './waiting-text';

const text = (remark: string): Content => ({ ...EMPTY, remark });
const item = (remark: string, more: Partial<Waiting> = {}) =>
  waitingText({ ...PLACE, label: LABEL, content: text(remark), base: 1, seen: text('before'), ...more });
const saved = (version: number): Answer => ({ kind: 'saved', version, complete: true });
const stale = (remark: string, version = 2): Answer => ({ kind: 'stale', current: { ...text(remark), version } });

describe('what an answer means', () => {
  it.each([
    [401, 'signed-out', { kind: 'signed-out', other: false }],
    [401, 'other-person', { kind: 'signed-out', other: true }],
    [404, 'not-found', { kind: 'gone' }],
    [403, 'not-yours', { kind: 'gone' }],
    [403, 'other-origin', { kind: 'refused', title: 'T', detail: 'D' }],
    [422, 'invalid', { kind: 'refused', title: 'T', detail: 'D' }],
    [422, 'key-reused', { kind: 'key-used' }],
    [409, 'key-reused', { kind: 'key-used' }],
    [409, 'pair-ended', { kind: 'refused', title: 'T', detail: 'D' }],
    [409, 'stale', { kind: 'refused', title: 'T', detail: 'D' }],
    [409, 'round-not-open', { kind: 'closed', kept: false }],
    [409, 'round-archived', { kind: 'closed', kept: false }],
    [408, 'too-slow', { kind: 'lost', busy: true }],
    [425, 'too-early', { kind: 'lost', busy: true }],
    [429, 'too-many', { kind: 'lost', busy: true }],
    [500, 'fault', { kind: 'fault' }],
    [503, 'unavailable', { kind: 'lost', busy: true }],
  ])('%i %s', (status, type, kind) =>
    expect(answerTo(status, { type: `/problems/${type}`, title: 'T', detail: 'D' })).toEqual(kind),
  );

  it('is that of our own server only: what stands in between knows nothing about a text', () => {
    expect(answerTo(200, '<html>Welkom bij het hotel')).toEqual({ kind: 'lost' });
    expect(answerTo(200, undefined)).toEqual({ kind: 'lost' });
    expect(answerTo(404, undefined)).toEqual({ kind: 'lost', busy: true });
    expect(answerTo(407, undefined)).toEqual({ kind: 'lost', busy: true });
    expect(answerTo(502, undefined)).toEqual({ kind: 'lost', busy: true });
    expect(answerTo(403, undefined)).toEqual({ kind: 'refused', title: 'HTTP 403', detail: '' });
  });

  it('tells whether a late text was kept, what stands there now, and the words of a refusal', () => {
    expect(answerTo(200, { version: 3, complete: true })).toEqual(saved(3));
    expect(answerTo(409, { type: '/problems/round-not-open', kept: true })).toEqual({ kind: 'closed', kept: true });
    const current = { ...EMPTY, version: 3 };
    expect(answerTo(409, { type: '/problems/stale', current })).toEqual({ kind: 'stale', current });
    const errors = [{ pointer: '/remark', detail: 'Te lang' }];
    expect(answerTo(422, { type: '/problems/invalid', errors })).toMatchObject({ detail: 'Te lang' });
    expect(answerTo(422, { type: '/problems/invalid' })).toMatchObject({ title: 'HTTP 422', detail: '' });
  });

  it('says how long the server wants to be left alone, by its own clock', () => {
    const headers = (value: string, date = 'Wed, 25 Nov 2026 10:00:00 GMT') =>
      new Headers({ 'Retry-After': value, Date: date });
    expect(patience(new Headers())).toBeUndefined();
    expect(patience(headers('7'))).toBe(7000);
    expect(patience(headers('Wed, 25 Nov 2026 10:00:30 GMT'))).toBe(30_000);
    expect(patience(headers('Wed, 25 Nov 2026 09:00:00 GMT'))).toBeUndefined();
    expect(patience(headers('soon'))).toBeUndefined();
    expect(patience(new Headers({ 'Retry-After': 'Wed, 25 Nov 2026 10:00:30 GMT' }))).toBeUndefined();
    expect(patience(headers('99999999'))).toBe(86_400_000);
    expect(answerTo(429, undefined, headers('7'))).toEqual({ kind: 'lost', busy: true, after: 7000 });
    expect(answerTo(503, undefined, new Headers())).toEqual({ kind: 'lost', busy: true });
  });

  it('about a whole group sends its texts one by one, unless the same would be said to each', () => {
    const statuses = [200, 400, 401, 404, 405, 408, 413, 422, 425, 429, 500, 502, 503];
    expect(statuses.filter(refusedWhole)).toEqual([400, 404, 405, 413, 422, 500]);
  });
});

describe('what is sent next', () => {
  it('is the same attempt while nothing changed, newer words when they came', () => {
    const first = attempted(item('a', { key: 'k1' }));
    expect(attempted(first)).toBe(first);
    const second = attempted({ ...first, content: text('b'), key: 'k2' });
    expect(second.attempt).toEqual({ key: 'k2', content: text('b'), base: 1 });
    expect(second.sent).toEqual([text('a')]);
  });

  it('is first what was sent, when the writer went back to what the server had', () => {
    const first = attempted(item('a', { key: 'k1' }));
    expect(attempted({ ...first, content: first.seen, key: 'k2' }).attempt?.key).toBe('k1');
  });

  it('remembers a few of the contents that may have arrived', () => {
    let now = item('0');
    for (let i = 0; i < 30; i += 1) now = attempted({ ...now, content: text(`${i}`), key: `k${i}` });
    expect(now.sent).toHaveLength(10);
    expect(now.sent?.at(-1)).toEqual(text('28'));
  });
});

describe('an answer', () => {
  const sent = attempted(item('a', { key: 'k1' }));
  const attempt = sent.attempt as NonNullable<Waiting['attempt']>;
  const hear = (now: Waiting | null, answer: Answer, stored: Known | null = null) =>
    answered(now, stored, attempt, answer, 'new');
  const newer = { ...sent, content: text('b'), key: 'k2' };

  it('that the server has it ends the waiting; newer words build on it', () => {
    expect(hear(sent, saved(2))).toEqual({ item: null, known: { version: 2, content: text('a') } });
    expect(hear(newer, saved(2)).item).toMatchObject({ base: 2, seen: text('a'), key: 'k2', attempt: null, sent: [] });
  });

  it('to an attempt that nobody waits for any more still tells what the server has', () => {
    expect(hear(null, { kind: 'gone' })).toEqual({ item: null });
    expect(hear(null, saved(4)).known?.version).toBe(4);
    expect(hear(null, saved(4), { version: 5, content: text('c') }).known?.version).toBe(5);
    const refused = { ...sent, attempt: null, trouble: { kind: 'closed', kept: true } as const };
    expect(hear(refused, saved(2)).item).toBeNull();
    expect(hear({ ...refused, content: text('b') }, saved(2)).item?.content).toEqual(text('b'));
  });

  it('that tells nothing changes nothing', () => {
    for (const answer of [{ kind: 'lost' }, { kind: 'fault' }, { kind: 'signed-out', other: true }] as Answer[]) {
      expect(hear(sent, answer).item).toBe(sent);
    }
  });

  it('that the key stands for something else gives the text another one over the same version', () => {
    expect(hear(sent, { kind: 'key-used' }).item).toMatchObject({ key: 'new', base: 1, attempt: null, trouble: null });
  });

  it('that somebody was faster asks, unless there is nothing to ask', () => {
    expect(hear(sent, stale('theirs')).item?.trouble).toMatchObject({ kind: 'stale', current: { remark: 'theirs' } });
    expect(hear(sent, stale('a')).item).toBeNull();
    expect(hear(sent, stale('before', 7)).item).toMatchObject({ base: 7, key: 'new', trouble: null, attempt: null });
    expect(hear(newer, stale('a')).item).toMatchObject({ base: 2, seen: text('a'), key: 'new', trouble: null });
    expect(hear({ ...newer, sent: [text('z')] }, stale('z')).item).toMatchObject({ base: 2, trouble: null });
  });

  it('of refusal is about the text that was sent, not about newer words', () => {
    const refusal: Answer = { kind: 'refused', title: 'T', detail: '' };
    expect(hear(sent, refusal).item?.trouble).toEqual(refusal);
    expect(hear(newer, refusal).item).toMatchObject({ trouble: null, attempt: null, key: 'k2' });
  });
});

describe('the writer’s answer', () => {
  const asked = item('mine', { trouble: { kind: 'stale', current: { ...text('theirs'), version: 3 } } });

  it('builds on what was seen', () => {
    expect(chosen(asked, null, 'mine', { theirs: 3, mine: text('mine') }, 'n', 9).item).toMatchObject({
      base: 3,
      key: 'n',
      seen: text('theirs'),
    });
    expect(chosen(asked, null, 'both', { theirs: 3, mine: text('mine') }, 'n', 9).item?.content).toEqual(
      text('theirs\n\nmine'),
    );
    expect(chosen(asked, null, 'theirs', { theirs: 3, mine: text('mine') }, 'n', 9)).toEqual({
      item: null,
      known: { version: 3, content: text('theirs') },
    });
  });

  it('needs no sending when it comes to what stands there', () => {
    const contained = { ...asked, content: text('their') };
    expect(chosen(contained, null, 'both', { theirs: 3, mine: text('mine') }, 'n', 9).item).toBeNull();
  });

  it('chooses nothing when another text stands there by now, or nothing is asked any more', () => {
    // Words that another page has added since were not shown, so they are not let go.
    expect(chosen(asked, null, 'theirs', { theirs: 3, mine: text('min') }, 'n', 9).item).toBe(asked);
    expect(chosen(asked, null, 'mine', { theirs: 2, mine: text('mine') }, 'n', 9).item).toBe(asked);
    expect(chosen(null, null, 'mine', { theirs: 3, mine: text('mine') }, 'n', 9).item).toBeNull();
    const calm = item('a');
    expect(chosen(calm, null, 'mine', { theirs: 3, mine: text('mine') }, 'n', 9).item).toBe(calm);
  });

  it('to send a refused text once more gives it a new key; a comparison is no refusal', () => {
    const refused = item('a', { trouble: { kind: 'gone' } });
    expect(retried(refused, 'n').item).toMatchObject({ key: 'n', trouble: null });
    expect(retried(asked, 'n').item).toBe(asked);
    expect(retried(null, 'n').item).toBeNull();
  });

  it('joins without repeating what one of them contains', () => {
    expect(joined(text('a en b'), text('a')).remark).toBe('a en b');
    expect(joined(text(''), text('a')).remark).toBe('a');
    expect(joined(text('b'), text('a b')).remark).toBe('a b');
    expect(joined(EMPTY, { ...EMPTY, stoplight: 'on_track' }).stoplight).toBe('on_track');
  });
});

describe('two pages of one writer', () => {
  const write = (
    now: Waiting | null,
    before: Content,
    content: Content,
    known: Known = { version: 0, content: EMPTY },
  ) =>
    edited(now, {
      person: 'ana',
      place: PLACE,
      label: LABEL,
      before,
      content,
      key: 'k2',
      now: 1,
      known,
      was_complete: false,
      complete: true,
    }).item;

  it('change one field each: both stay', () => {
    const other = item('typed there');
    const here = write(other, EMPTY, { ...EMPTY, stoplight: 'on_track' });
    expect(here?.content).toEqual({ stoplight: 'on_track', remark: 'typed there', action: '' });
  });

  it.each([
    ['', 'here', 'there', 'there\n\nhere'],
    ['h', 'he', 'there\n\nh', 'there\n\nhe'],
    ['h', '', 'there\n\nh', 'there'],
    ['', 'there too', 'there', 'there too'],
    ['a b', 'a', 'a b', 'a'],
    ['a', '', 'a b', 'a b'],
    ['one', 'two', 'one and more', 'one and more\n\ntwo'],
    ['a', 'a', 'b', 'b'],
    ['a', 'b', '', 'b'],
  ])('write in one field (%j to %j over %j): %j', (before, to, ground, then) => {
    expect(write(item(ground), text(before), text(to))?.content.remark).toBe(then);
  });

  it('write over what the other one sent meanwhile, which the device knows', () => {
    const sent: Known = { version: 2, content: text('sent there') };
    const here = edited(
      null,
      {
        person: 'ana',
        place: PLACE,
        label: LABEL,
        before: EMPTY,
        content: { ...EMPTY, stoplight: 'on_track' },
        key: 'k2',
        now: 1,
        known: { version: 0, content: EMPTY },
        was_complete: false,
        complete: true,
      },
      sent,
    ).item;
    expect(here).toMatchObject({ base: 2, content: { stoplight: 'on_track', remark: 'sent there' } });
  });

  it('go back to what the server has: nothing is left to send, unless something is under way', () => {
    const once = write(null, EMPTY, text('a'));
    expect(once?.content).toEqual(text('a'));
    expect(write(once, text('a'), EMPTY)).toBeNull();
    expect(write(once && attempted(once), text('a'), EMPTY)?.content).toEqual(EMPTY);
    expect(write(null, EMPTY, EMPTY)).toBeNull();
  });

  it('change a text that is being compared: it keeps being compared; a refused one is sent again', () => {
    const current = { ...EMPTY, version: 1 };
    expect(write(item('a', { trouble: { kind: 'stale', current } }), text('a'), text('b'))?.trouble?.kind).toBe(
      'stale',
    );
    expect(write(item('a', { trouble: { kind: 'gone' } }), text('a'), text('b'))?.trouble).toBeNull();
  });
});

describe('a fresh page', () => {
  const page = (version: number, remark: string): Known => ({ version, content: text(remark) });

  it('that shows the text ends its waiting', () => {
    expect(refreshed(item('a'), null, page(2, 'a'))).toEqual({ item: null, known: page(2, 'a') });
    expect(refreshed(item('a'), page(3, 'c'), page(2, 'a')).known).toEqual(page(3, 'c'));
  });

  it('that is older than what the text builds on ends nothing', () => {
    const back = item('a', { base: 2, seen: text('b') });
    expect(refreshed(back, page(2, 'b'), page(1, 'a'))).toEqual({ item: back });
  });

  it('makes what was known superfluous', () => {
    expect(refreshed(null, page(2, 'b'), page(2, 'b'))).toEqual({ item: null, known: null });
    expect(refreshed(null, null, page(2, 'b'))).toEqual({ item: null });
  });
});
