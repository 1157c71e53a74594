import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { meet } from '../src/features/rate/company';
import { groupTitle } from '../src/features/rate/group-title';
import { Rating } from '../src/features/rate/rating';
import { missing } from '../src/features/rate/required';
import { EMPTY as EMPTY_SEATS, type Seat, seated } from '../src/features/rate/seats';
import { withStarter } from '../src/features/rate/starter';
import type { GroupSheet, Pair } from '../src/features/rate/types';
import { rememberUndo } from '../src/features/rate/undo-memory';
import { asText } from '../src/features/rounds/attention';
import { spoken } from '../src/lib/announce';
import { type Content, EMPTY } from '../src/lib/conflict';
import { keptPage } from '../src/lib/local';
import type { Outbox } from '../src/lib/outbox';
import { Server } from './outbox-server';
import { Device } from './outbox-world';

const required = { attention: { remark: true, action: true }, on_track: { remark: false, action: false } };

const pair = (id: string, more: Partial<Pair> = {}): Pair => ({
  student: { id, name: `Naam ${id}`, list_name: id, initials: 'NN' },
  state: 'expected',
  until: null,
  last: null,
  feedback: null,
  late: null,
  ...more,
});

const written = (content: Partial<Content>, author = 'ana', version = 1): Pair['feedback'] => ({
  id: 'f',
  ...EMPTY,
  ...content,
  version,
  complete: true,
  updated_at: '2026-11-20T10:00:00Z',
  author: { id: author, name: author },
});

const sheet = (pairs: Pair[], open = true): GroupSheet => ({
  round: { id: 'r', name: 'Ronde', state: 'open', deadline: '2026-11-27T15:00:00Z', explanation_html: '', required },
  group: { id: 'g', title: 'h4a', subject: 'Nederlands' },
  open,
  pairs,
});

let server: Server;
let outbox: Outbox;

beforeEach(() => {
  server = new Server();
  outbox = new Device('phone', server, 'ana').outbox;
});

const at = (student: string) => server.row({ round: 'r', group: 'g', student });
const begin = (...pairs: Pair[]) => new Rating(outbox, sheet(pairs));

describe('going through a group', () => {
  it('starts with the first who has nothing yet, before those who lack a text', () => {
    const rating = begin(
      pair('a', { feedback: written({ stoplight: 'on_track' }) }),
      pair('b', { feedback: written({ stoplight: 'attention' }) }),
      pair('c'),
    );
    expect(rating.current.value).toBe('c');
    expect(rating.done).toBe(1);
    expect(rating.incomplete.map((row) => row.student.id)).toEqual(['b']);
  });

  it('shows the next student at once, round again past the end, and nobody when all are done', () => {
    const rating = begin(pair('a'), pair('b'), pair('c'));
    rating.show('b');
    expect(rating.rate('b', 'on_track')).toBe('next');
    expect(rating.current.value).toBe('c');
    rating.rate('c', 'excellent');
    expect(rating.current.value).toBe('a');
    rating.rate('a', 'on_track');
    expect(rating.current.value).toBeNull();
    expect(rating.last.value).toBe('a');
    expect(rating.done).toBe(3);
  });

  it('asks for a text where one is required, and goes on without it when the writer wants to', () => {
    const rating = begin(pair('a'), pair('b'));
    expect(rating.rate('a', 'attention')).toBe('write');
    expect(rating.writing.value).toEqual({ student: 'a', leads: 'next' });
    expect(rating.row('a')?.missing).toEqual(['remark', 'action']);
    rating.write('a', { remark: 'Ik zie dat je' });
    rating.written();
    expect(rating.current.value).toBe('b');
    expect(rating.row('a')?.complete).toBe(false);
  });

  it('does not offer those without a text over and over', () => {
    const rating = begin(pair('a'), pair('b'));
    rating.rate('a', 'attention');
    rating.written();
    rating.rate('b', 'on_track');
    expect(rating.current.value).toBeNull();
    expect(rating.incomplete).toHaveLength(1);
  });

  it('skips who changed group or left, and counts them nowhere', () => {
    const rating = begin(pair('a', { state: 'left', until: '2026-10-12' }), pair('b'));
    expect(rating.asked.value.map((row) => row.student.id)).toEqual(['b']);
    expect(rating.rate('a', 'on_track')).toBe('no');
    expect(rating.rows.value[0]?.writable).toBe(false);
  });

  it('writes nothing in a closed group', () => {
    const rating = new Rating(outbox, sheet([pair('a')], false));
    rating.write('a', { remark: 'te laat' });
    expect(rating.rate('a', 'on_track')).toBe('no');
    expect(outbox.items.value.size).toBe(0);
  });

  it('names the colleague whose text is shown, until one writes over it', () => {
    const rating = begin(pair('a', { feedback: written({ stoplight: 'on_track', remark: 'van Bo' }, 'bo') }));
    expect(rating.row('a')?.by).toBe('bo');
    rating.write('a', { remark: 'van mij' });
    expect(rating.row('a')?.by).toBeNull();
  });
});

describe('what is counted elsewhere', () => {
  it('is told what the server has by then, not what it had when the group was fetched', async () => {
    const rating = begin(pair('a'), pair('b'));
    const waits = () => outbox.items.value.get('r,g,a');
    const arrive = async () => {
      outbox.flush();
      await outbox.drain();
      expect(waits()).toBeUndefined();
    };
    rating.rate('a', 'on_track');
    expect(waits()).toMatchObject({ was_complete: false, complete: true });
    await arrive();
    rating.choose('a', 'excellent');
    expect(waits()).toMatchObject({ was_complete: true, complete: true });
    await arrive();
    rating.choose('a', 'attention');
    expect(waits()).toMatchObject({ was_complete: true, complete: false });
    await arrive();
    rating.write('a', { remark: 'Je begint laat.', action: 'Begin eerder.' });
    expect(waits()).toMatchObject({ was_complete: false, complete: true });
  });
});

describe('the seats of the cards', () => {
  const names = (seats: readonly Seat[]) => seats.map(({ student, came }) => [student, came]);

  it('lets who lay beneath come up as it is, and fills the card that left with the next one', () => {
    const first = seated(EMPTY_SEATS, 'a', 'b', 'stack');
    expect(names(first)).toEqual([
      ['a', 'stack'],
      ['b', 'up'],
    ]);
    const then = seated(first, 'b', 'c', 'stack');
    expect(names(then)).toEqual([
      ['c', 'up'],
      ['b', 'up'],
    ]);
    expect(then.map(({ key }) => key)).toEqual(first.map(({ key }) => key));
    expect(seated(then, 'b', 'c', 'stack')).toEqual(then);
  });

  it('makes a card anew that is put on top, each time, and leaves the one that goes beneath', () => {
    const first = seated(EMPTY_SEATS, 'b', 'c', 'stack');
    const back = seated(first, 'a', 'b', 'back');
    expect(names(back)).toEqual([
      ['b', 'stack'],
      ['a', 'back'],
    ]);
    expect(back[0]).toBe(first[0]);
    expect(back[1]?.key).not.toBe(first[1]?.key);
    const jump = seated(back, 'z', 'y', 'back');
    expect(names(jump)).toEqual([
      ['z', 'back'],
      ['y', 'up'],
    ]);
    expect(jump[0]?.key).not.toBe(back[0]?.key);
  });

  it('has nobody beneath the last one', () => {
    const last = seated(seated(EMPTY_SEATS, 'a', 'b', 'stack'), 'b', undefined, 'stack');
    expect(names(last)).toEqual([
      [undefined, 'up'],
      ['b', 'up'],
    ]);
    expect(names(seated(EMPTY_SEATS, 'a', undefined, 'stack'))).toEqual([
      ['a', 'stack'],
      [undefined, 'up'],
    ]);
  });
});

describe('with a colleague', () => {
  const theirs = written({ stoplight: 'on_track', remark: 'van Bo' }, 'bo', 2);
  const fresh = sheet([pair('a', { feedback: theirs }), pair('b')]);
  const arrive = (rating: Rating, page: GroupSheet) => {
    meet(rating, page);
    rating.sheet.value = page;
  };

  beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }));
  afterEach(() => vi.useRealTimers());

  it('shows the words of the other one before a stoplight over them goes on', () => {
    const rating = begin(pair('a', { feedback: theirs }), pair('b'));
    rating.show('a');
    expect(rating.wouldGoOn('a', 'excellent')).toBe(false);
    expect(rating.rate('a', 'excellent')).toBe('write');
    expect(rating.writing.value).toEqual({ student: 'a', leads: 'next' });
    expect(rating.row('a')?.colleague).toBe(theirs);
    expect(rating.row('a')?.content).toEqual({ stoplight: 'excellent', remark: 'van Bo', action: '' });
  });

  it('agrees with the other one without writing anything', () => {
    const rating = begin(pair('a', { feedback: theirs }), pair('b'));
    expect(rating.rate('a', 'on_track')).toBe('next');
    expect(outbox.items.value.size).toBe(0);
  });

  it('lets nobody rate over what came in a moment ago: first it is shown', () => {
    const rating = begin(pair('a'), pair('b'));
    arrive(rating, fresh);
    expect(rating.current.value).toBe('a');
    expect(rating.rate('a', 'warning')).toBe('write');
    expect(rating.row('a')?.content.stoplight).toBe('on_track');
    expect(rating.writing.value).toEqual({ student: 'a', leads: 'next' });
    rating.written();
    vi.advanceTimersByTime(5000);
    rating.rate('a', 'warning');
    expect(rating.row('a')?.content.stoplight).toBe('warning');
  });

  it('says who wrote about whom, and not what one wrote oneself', async () => {
    const rating = begin(pair('a'), pair('b'));
    arrive(rating, sheet([pair('a', { feedback: written({ stoplight: 'on_track' }, 'ana', 1) }), pair('b')]));
    await Promise.resolve();
    expect(spoken.value).not.toContain('ana');
    arrive(rating, fresh);
    await Promise.resolve();
    expect(spoken.value).toBe('bo schreef over Naam a.');
  });

  it('takes the words of the other one into a sheet in which nothing is typed', () => {
    const rating = begin(pair('a'), pair('b'));
    rating.open('a', 'stay');
    arrive(rating, fresh);
    expect(rating.row('a')?.content.remark).toBe('van Bo');
    expect(rating.row('a')?.by).toBe('bo');
  });

  it('keeps what is being typed, also when it was saved, and builds on nothing that was not seen', async () => {
    const rating = begin(pair('a'), pair('b'));
    rating.open('a', 'stay');
    rating.write('a', { remark: 'van mij' });
    outbox.flush(rating.place('a'));
    await outbox.drain();
    expect(outbox.items.value.size).toBe(0);
    const path = '/rounds/r/groups/g/students/a/feedback';
    server.put('bo', path, { ...EMPTY, remark: 'van Bo' }, { 'Idempotency-Key': 'k', 'If-Match': '"1"' });
    const page = sheet([pair('a', { feedback: written({ remark: 'van Bo' }, 'bo', 2) }), pair('b')]);
    meet(rating, page);
    await outbox.refresh(rating.place('a'), { version: 2, content: { ...EMPTY, remark: 'van Bo' } });
    rating.sheet.value = page;
    expect(rating.row('a')?.content.remark).toBe('van mij');
    expect(rating.row('a')?.colleague?.remark).toBe('van Bo');
    rating.write('a', { remark: 'van mij, en meer' });
    rating.written();
    await outbox.drain();
    expect(at('a').content.remark).toBe('van Bo');
    expect(rating.row('a')?.waiting?.trouble).toMatchObject({ kind: 'stale', current: { remark: 'van Bo' } });
    expect(rating.row('a')?.content.remark).toBe('van mij, en meer');
  });

  it('shows the newest words again when nobody types any more', () => {
    const rating = begin(pair('a', { feedback: written({ remark: 'van mij' }, 'ana', 1) }));
    rating.typing = 'a';
    arrive(rating, fresh);
    expect(rating.row('a')?.content.remark).toBe('van mij');
    rating.settled('a');
    expect(rating.row('a')?.content.remark).toBe('van Bo');
  });
});

describe('undo', () => {
  it('is still there after the app was closed, once, and before what happened since', async () => {
    const first = begin(pair('a'), pair('b'));
    const forget = rememberUndo(first);
    // Reading what is there takes a moment; only then it writes.
    await vi.waitFor(async () => {
      first.changes.value = [[{ student: 'a', before: null, after: 'on_track' }]];
      expect(await keptPage('ana', '/rounds/r/groups/g/undo')).toBeDefined();
    });
    forget();

    const again = begin(pair('a', { feedback: written({ stoplight: 'on_track' }) }), pair('b'));
    again.rate('b', 'excellent');
    rememberUndo(again)();
    rememberUndo(again);
    await vi.waitFor(() => expect(again.changes.value).toHaveLength(2));
    again.undo();
    again.undo();
    expect(again.rows.value.map((row) => row.content.stoplight)).toEqual([null, null]);
    expect(again.canUndo).toBe(false);
  });

  it('leaves alone what was chosen after it', () => {
    const rating = begin(pair('a'));
    rating.recall([[{ student: 'a', before: null, after: 'on_track' }]]);
    rating.sheet.value = sheet([pair('a', { feedback: written({ stoplight: 'warning' }, 'bo', 2) })]);
    rating.undo();
    expect(rating.row('a')?.content.stoplight).toBe('warning');
    expect(outbox.items.value.size).toBe(0);
  });

  it('takes back what was sent already, and leaves the words that were added', async () => {
    const rating = begin(pair('a'), pair('b'));
    rating.rate('a', 'on_track');
    outbox.flush(rating.place('a'));
    await outbox.drain();
    rating.write('a', { remark: 'Je hielp je groepje' });
    rating.undo();
    outbox.flush(rating.place('a'));
    await outbox.drain();
    expect(at('a').content).toEqual({ stoplight: null, remark: 'Je hielp je groepje', action: '' });
    expect(rating.current.value).toBe('a');
    expect(rating.canUndo).toBe(false);
  });

  it('sends nothing at all when it comes right away', async () => {
    const rating = begin(pair('a'));
    rating.rate('a', 'warning');
    rating.undo();
    await outbox.drain();
    expect(outbox.items.value.size).toBe(0);
    expect(server.log).toEqual([]);
  });

  it('goes back step by step; all others count as one step', () => {
    const rating = begin(pair('a'), pair('b', { feedback: written({ stoplight: 'excellent' }) }), pair('c'), pair('d'));
    rating.rate('a', 'excellent');
    expect(rating.othersOnTrack()).toBe(2);
    expect(rating.rows.value.map((row) => row.content.stoplight)).toEqual([
      'excellent',
      'excellent',
      'on_track',
      'on_track',
    ]);
    expect(rating.othersOnTrack()).toBe(0);
    rating.undo();
    expect(rating.unrated.map((row) => row.student.id)).toEqual(['c', 'd']);
    rating.undo();
    expect(rating.unrated.map((row) => row.student.id)).toEqual(['a', 'c', 'd']);
  });
});

it('knows which texts are required as the server does', () => {
  expect(missing(required, EMPTY)).toEqual(['stoplight']);
  expect(missing(required, { ...EMPTY, stoplight: 'attention', remark: '  ' })).toEqual(['remark', 'action']);
  expect(missing(required, { ...EMPTY, stoplight: 'excellent' })).toEqual([]);
  expect(missing(required, { ...EMPTY, stoplight: 'no_picture' })).toEqual(['reason']);
  expect(missing(required, { ...EMPTY, stoplight: 'no_picture', remark: 'nieuw' })).toEqual([]);
});

it('puts a sentence starter behind what stands there', () => {
  expect(withStarter('', 'Ik zie dat je')).toBe('Ik zie dat je ');
  expect(withStarter('Mooi. ', 'Ik zie dat je')).toBe('Mooi. Ik zie dat je ');
});

it('names a group by its title and subject', () => {
  expect(groupTitle({ title: 'h4a', subject: 'Nederlands' })).toBe('h4a · Nederlands');
  expect(groupTitle({ title: 'Mentoruur', subject: '' })).toBe('Mentoruur');
});

it('copies a refused text with the name it is about', () => {
  const label = { student: 'Zoë van den Berg', group: 'h4a', round: 'Ronde' };
  const content: Content = { stoplight: 'attention', remark: 'Ik zie', action: ' ' };
  expect(asText({ label, content } as Parameters<typeof asText>[0])).toBe('Zoë van den Berg · h4a\n\nIk zie');
});
