import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { answered, attempted, type Content, contentOf, EMPTY, joined, MOST, same, sendable } from '../src/lib/conflict';
import { database, deviceStore, MemoryStore, type Store } from '../src/lib/local';
import { backoff } from '../src/lib/outbox';
import { at, Device, PLACE, Server, type Weather } from './outbox-world';

const good: Content = { stoplight: 'on_track', remark: '', action: '' };
const wait = (outbox: Device['outbox']) => outbox.drain();

describe('a text on its way', () => {
  it('leaves the device only after the server has it', async () => {
    const phone = new Device('phone', new Server(), 'ana');
    await phone.write({ stoplight: 'on_track' });
    expect(phone.item?.content).toEqual(good);
    await wait(phone.outbox);
    expect(phone.item).toBeUndefined();
    expect(phone.server.row(PLACE)).toMatchObject({ content: good, version: 1, author: 'ana' });
  });

  it('is one write, however often it was changed while there was no line', async () => {
    const phone = new Device('phone', new Server(), 'ana');
    for (const remark of ['I', 'Ik', 'Ik z', 'Ik zie', 'Ik zie je groei']) await phone.write({ remark });
    await wait(phone.outbox);
    expect(phone.server.log.map((entry) => entry.content.remark)).toEqual(['Ik zie je groei']);
  });

  it('needs no sending when the writer returns to what the server has', async () => {
    const phone = new Device('phone', new Server(), 'ana');
    await phone.write({ stoplight: 'warning' });
    await phone.write({ stoplight: null });
    expect(phone.item).toBeUndefined();
    await wait(phone.outbox);
    expect(phone.server.log).toEqual([]);
  });

  it('survives the end of the page, with the attempt that had no answer', async () => {
    const phone = new Device('phone', new Server(), 'ana');
    phone.weather = ['no-answer'];
    await phone.write({ remark: 'Je hielp je groepje' });
    await wait(phone.outbox);
    await phone.write({ action: 'Schrijf één vraag op' });
    await phone.restart();
    expect(phone.item?.content.action).toBe('Schrijf één vraag op');
    await wait(phone.outbox);
    expect(phone.item).toBeUndefined();
    expect(phone.server.row(PLACE).version).toBe(2);
    expect([...phone.server.effects.values()]).toEqual([1, 1]);
  });

  it('waits after a failure and goes on when the line is back', async () => {
    const phone = new Device('phone', new Server(), 'ana');
    phone.weather = ['no-request', 'no-request'];
    await phone.write({ stoplight: 'on_track' });
    await wait(phone.outbox);
    await wait(phone.outbox);
    expect(phone.item?.attempt).not.toBeNull();
    await phone.outbox.resume();
    expect(phone.item).toBeUndefined();
  });

  it('waits longer after each failure, at most a minute, never all phones at once', () => {
    expect(backoff(0, 0)).toBe(500);
    expect(backoff(0, 1)).toBe(1000);
    expect(backoff(3, 0.5)).toBe(6000);
    expect(backoff(40, 1)).toBe(60_000);
  });

  it('stays when the session is over, and goes on after signing in', async () => {
    const phone = new Device('phone', new Server(), 'ana');
    phone.server.sessions.delete('ana');
    await phone.write({ stoplight: 'on_track' });
    await wait(phone.outbox);
    expect(phone.outbox.signedOut.value).toBe(true);
    expect(phone.item?.content).toEqual(good);
    phone.server.sessions.add('ana');
    await phone.outbox.resume();
    expect(phone.server.row(PLACE).content).toEqual(good);
    expect(phone.item).toBeUndefined();
  });

  it('is neither sent nor seen by somebody else on the same device', async () => {
    const phone = new Device('phone', new Server(), 'ana');
    phone.weather = ['no-request'];
    await phone.write({ remark: 'van Ana' });
    await wait(phone.outbox);
    await phone.restart('bo');
    await wait(phone.outbox);
    expect(phone.outbox.items.value.size).toBe(0);
    expect(phone.server.log).toEqual([]);
    await phone.restart('ana');
    expect(phone.item?.content.remark).toBe('van Ana');
  });

  it('of too many characters is kept here and sent once it is shorter', async () => {
    const phone = new Device('phone', new Server(), 'ana');
    expect(sendable({ ...EMPTY, remark: '👏'.repeat(MOST) })).toBe(true);
    await phone.write({ remark: 'x'.repeat(MOST + 1) });
    await wait(phone.outbox);
    expect(phone.server.log).toEqual([]);
    expect(phone.item?.content.remark).toHaveLength(MOST + 1);
    await phone.write({ remark: 'x' });
    await wait(phone.outbox);
    expect(phone.server.row(PLACE).content.remark).toBe('x');
  });

  it('rests while the writer types, and goes at once when the sheet closes', async () => {
    const phone = new Device('phone', new Server(), 'ana');
    const { shown, page } = { shown: { ...EMPTY, remark: 'half een wo' }, page: phone.page(PLACE) };
    const label = { student: '', group: '', round: '' };
    await phone.outbox.write(
      { place: PLACE, label, content: shown, known: page, was_complete: false, complete: false },
      1000,
    );
    await wait(phone.outbox);
    expect(phone.server.log).toEqual([]);
    phone.outbox.flush(PLACE);
    await wait(phone.outbox);
    expect(phone.server.row(PLACE).content.remark).toBe('half een wo');
  });

  it('that was sent while newer words came is followed by them, over its own version', async () => {
    const phone = new Device('phone', new Server(), 'ana');
    let release: () => void = () => undefined;
    phone.gate = new Promise((resolve) => {
      release = resolve;
    });
    await phone.write({ remark: 'eerste' });
    const drained = wait(phone.outbox);
    await vi.waitUntil(() => phone.server.log.length === 1);
    await phone.write({ remark: 'eerste en tweede' });
    release();
    await drained;
    expect(phone.server.log.map((entry) => [entry.content.remark, entry.over])).toEqual([
      ['eerste', 0],
      ['eerste en tweede', 1],
    ]);
    expect(phone.item).toBeUndefined();
  });
});

describe('two writers', () => {
  const meet = async () => {
    const server = new Server();
    const [ana, bo] = [new Device('a', server, 'ana'), new Device('b', server, 'bo')];
    await bo.write({ stoplight: 'attention', remark: 'van Bo' });
    await wait(bo.outbox);
    await ana.write({ stoplight: 'on_track', remark: 'van Ana' });
    await wait(ana.outbox);
    return { server, ana, bo };
  };

  it('are both kept, and the second is asked', async () => {
    const { server, ana } = await meet();
    expect(ana.item?.trouble).toMatchObject({ kind: 'stale', current: { remark: 'van Bo', author: { id: 'bo' } } });
    expect(ana.item?.content.remark).toBe('van Ana');
    expect(server.row(PLACE).content.remark).toBe('van Bo');
  });

  it('mine: goes over theirs, which was seen', async () => {
    const { server, ana } = await meet();
    await ana.outbox.choose(PLACE, 'mine');
    await wait(ana.outbox);
    expect(server.row(PLACE).content.remark).toBe('van Ana');
    expect(ana.item).toBeUndefined();
  });

  it('theirs: nothing is sent', async () => {
    const { server, ana } = await meet();
    await ana.outbox.choose(PLACE, 'theirs');
    await wait(ana.outbox);
    expect(server.log).toHaveLength(1);
    expect(ana.item).toBeUndefined();
    expect(ana.page(PLACE).content.remark).toBe('van Bo');
  });

  it('both: one text after the other', async () => {
    const { server, ana } = await meet();
    await ana.outbox.choose(PLACE, 'both');
    await wait(ana.outbox);
    expect(server.row(PLACE).content).toEqual({ stoplight: 'on_track', remark: 'van Bo\n\nvan Ana', action: '' });
  });

  it('keep waiting for an answer while mine is changed', async () => {
    const { server, ana } = await meet();
    await ana.write({ remark: 'van Ana, langer' });
    await wait(ana.outbox);
    expect(ana.item?.trouble?.kind).toBe('stale');
    expect(server.row(PLACE).content.remark).toBe('van Bo');
  });

  it('who say the same are not asked', async () => {
    const server = new Server();
    const [ana, bo] = [new Device('a', server, 'ana'), new Device('b', server, 'bo')];
    await bo.write({ stoplight: 'on_track' });
    await wait(bo.outbox);
    await ana.write({ stoplight: 'on_track' });
    await wait(ana.outbox);
    expect(ana.item).toBeUndefined();
    expect(server.log).toHaveLength(1);
  });

  it('are not asked when the other changed the text and changed it back', async () => {
    const server = new Server();
    const [ana, bo] = [new Device('a', server, 'ana'), new Device('b', server, 'bo')];
    await bo.write({ stoplight: 'attention' });
    await wait(bo.outbox);
    await bo.write({ stoplight: null });
    await wait(bo.outbox);
    await ana.write({ stoplight: 'on_track' });
    await wait(ana.outbox);
    expect(server.row(PLACE)).toMatchObject({ content: good, version: 3 });
  });

  it('join without repeating what one of them contains', () => {
    const text = (remark: string): Content => ({ ...EMPTY, remark });
    expect(joined(text('a en b'), text('a')).remark).toBe('a en b');
    expect(joined(text(''), text('a')).remark).toBe('a');
    expect(joined(text('b'), text('a b')).remark).toBe('a b');
    expect(joined(EMPTY, good).stoplight).toBe('on_track');
  });
});

describe('a text that is refused', () => {
  it('because the round closed meanwhile stays here with the reason, and can be sent once it is open again', async () => {
    const phone = new Device('phone', new Server(), 'ana');
    await phone.write({ remark: 'te laat' });
    phone.server.open = false;
    await wait(phone.outbox);
    expect(phone.item?.trouble).toEqual({ kind: 'closed', kept: true });
    await wait(phone.outbox);
    expect(phone.server.late).toHaveLength(1);
    phone.server.open = true;
    await phone.outbox.retry(PLACE);
    await wait(phone.outbox);
    expect(phone.server.row(PLACE).content.remark).toBe('te laat');
  });

  it('goes when its writer says so', async () => {
    const phone = new Device('phone', new Server(), 'ana');
    phone.server.open = false;
    await phone.write({ remark: 'te laat' });
    await wait(phone.outbox);
    await phone.outbox.discard(PLACE);
    await phone.restart();
    expect(phone.item).toBeUndefined();
  });

  it('does not stop the others', async () => {
    const server = new Server();
    const phone = new Device('phone', server, 'ana');
    const put = server.put.bind(server);
    server.put = (person, place, attempt) =>
      place.student === 'gone' ? { kind: 'gone' } : put(person, place, attempt);
    await phone.write({ remark: 'weg' }, { ...PLACE, student: 'gone' });
    await phone.write({ remark: 'hier' });
    await wait(phone.outbox);
    expect(server.row(PLACE).content.remark).toBe('hier');
    expect([...phone.outbox.items.value.values()].map((item) => item.trouble)).toEqual([{ kind: 'gone' }]);
  });

  it('is tried again when it was changed', async () => {
    const phone = new Device('phone', new Server(), 'ana');
    const put = phone.server.put.bind(phone.server);
    phone.server.put = (person, place, attempt) =>
      attempt.content.remark === 'fout' ? { kind: 'refused', title: 'nee', detail: '' } : put(person, place, attempt);
    await phone.write({ remark: 'fout' });
    await wait(phone.outbox);
    expect(phone.item?.trouble?.kind).toBe('refused');
    await phone.write({ remark: 'goed' });
    await wait(phone.outbox);
    expect(phone.item).toBeUndefined();
  });

  it('does not wait when a fresh page shows that the server has it', async () => {
    const phone = new Device('phone', new Server(), 'ana');
    phone.weather = ['no-answer'];
    await phone.write({ stoplight: 'on_track' });
    await wait(phone.outbox);
    await phone.fetch(PLACE);
    expect(phone.item).toBeUndefined();
    expect(phone.page(PLACE).version).toBe(1);
  });

  it('ignores an answer to an attempt that is no longer waited for', () => {
    const attempt = { key: 'old', content: good, base: 0 };
    expect(answered(null, attempt, { kind: 'gone' })).toEqual({ item: null });
    expect(answered(null, attempt, { kind: 'saved', version: 4, complete: true }).known?.version).toBe(4);
  });

  it('keeps the first attempt until it is answered', () => {
    const item = attempted(attempted(waiting('a')));
    expect(attempted({ ...item, key: 'b' }).attempt?.key).toBe('a');
  });
});

const waiting = (key: string) => ({
  ...PLACE,
  person: 'ana',
  label: { student: '', group: '', round: '' },
  content: good,
  key,
  base: 0,
  seen: EMPTY,
  edited_at: 0,
  attempt: null,
  trouble: null,
  was_complete: false,
  complete: true,
});

describe('the device', () => {
  it('keeps texts and versions in its database, by person', async () => {
    const phone = new Device('phone', new Server(), 'ana', deviceStore);
    phone.weather = ['no-request'];
    await phone.write({ remark: 'bewaard' });
    await wait(phone.outbox);
    expect(phone.outbox.stored(PLACE)).toBe(true);
    await phone.restart('bo');
    expect(phone.outbox.items.value.size).toBe(0);
    await phone.restart('ana');
    expect(phone.item?.content.remark).toBe('bewaard');
    await wait(phone.outbox);
    await phone.restart();
    expect(phone.item).toBeUndefined();
    expect(phone.page(PLACE)).toMatchObject({ version: 1 });
    await phone.fetch(PLACE);
    expect(await (await database()).count('known')).toBe(0);
  });

  it('that refuses to store goes on in memory, says so, and still sends', async () => {
    const refusing: Store = {
      waiting: () => Promise.reject(new Error('no')),
      known: () => Promise.reject(new Error('no')),
      change: () => Promise.reject(new Error('no')),
      forget: () => Promise.reject(new Error('no')),
    };
    const phone = new Device('phone', new Server(), 'ana', refusing);
    await phone.write({ stoplight: 'on_track' });
    expect(phone.outbox.memoryOnly.value).toBe(true);
    expect(phone.outbox.stored(PLACE)).toBe(false);
    await wait(phone.outbox);
    expect(phone.server.row(PLACE).content).toEqual(good);
    expect(phone.item).toBeUndefined();
  });

  it('with two pages of one person keeps the newest words', async () => {
    const store = new MemoryStore();
    const server = new Server();
    const [one, two] = [new Device('one', server, 'ana', store), new Device('two', server, 'ana', store)];
    one.weather = ['no-request'];
    await one.write({ remark: 'eerst' });
    await wait(one.outbox);
    await two.outbox.open();
    await two.write({ remark: 'later' });
    await wait(two.outbox);
    await wait(one.outbox);
    expect(server.row(PLACE).content.remark).toBe('later');
  });
});

type Act =
  | { act: 'write'; device: number; student: number; field: 'stoplight' | 'remark' | 'action'; words: number }
  | { act: 'drain'; device: number; weather: Weather[] }
  | { act: 'kill'; device: number }
  | { act: 'switch'; device: number }
  | { act: 'fetch'; device: number; student: number }
  | { act: 'choose'; device: number; student: number; choice: 'mine' | 'theirs' | 'both' }
  | { act: 'close' | 'open' | 'sign-out' | 'sign-in' };

const device = fc.nat(2);
const student = fc.nat(1);
const weather = fc.constantFrom<Weather>('fine', 'fine', 'no-request', 'no-answer', 'twice');
const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('write' as const),
      device,
      student,
      field: fc.constantFrom('stoplight', 'remark', 'action'),
      words: fc.nat(999),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ act: fc.constant('drain' as const), device, weather: fc.array(weather, { maxLength: 3 }) }),
  },
  fc.record({ act: fc.constant('kill' as const), device }),
  fc.record({ act: fc.constant('switch' as const), device }),
  { weight: 2, arbitrary: fc.record({ act: fc.constant('fetch' as const), device, student }) },
  fc.record({
    act: fc.constant('choose' as const),
    device,
    student,
    choice: fc.constantFrom('mine', 'theirs', 'both'),
  }),
  fc.record({ act: fc.constantFrom('close' as const, 'open' as const, 'sign-out' as const, 'sign-in' as const) }),
);

it('under any schedule: no text lost, nothing overwritten unseen, nothing done twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(acts, { maxLength: 40 }), async (schedule) => {
      const server = new Server();
      const devices = [
        new Device('d0', server, 'ana'),
        new Device('d1', server, 'ana'),
        new Device('d2', server, 'bo'),
      ];
      const places = [PLACE, { ...PLACE, student: 't' }];
      // What each writer meant last, per store, person and place; and what was let go on purpose.
      const meant = new Map<string, Content>();
      // What each person has had before the eyes at each place.
      const sights = new Set<string>();
      const see = (person: string, place: typeof PLACE, content: Content) =>
        sights.add(JSON.stringify([person, at(place), contentOf(content)]));
      for (const step of schedule) {
        const one = devices['device' in step ? step.device : 0] as Device;
        const place = 'student' in step ? (places[step.student] as typeof PLACE) : PLACE;
        const name = `${one.name} ${one.person} ${at(place)}`;
        switch (step.act) {
          case 'write': {
            const change =
              step.field === 'stoplight'
                ? {
                    stoplight: (['excellent', 'on_track', 'attention', null] as const)[
                      step.words % 4
                    ] as Content['stoplight'],
                  }
                : { [step.field]: `${step.words}` };
            const content = { ...one.shown(place), ...change };
            meant.set(name, content);
            see(one.person, place, content);
            await one.write(change, place);
            break;
          }
          case 'drain':
            one.weather = [...step.weather];
            await one.outbox.resume();
            one.weather = [];
            break;
          case 'kill':
            await one.restart();
            break;
          case 'switch':
            await one.restart(one.person === 'ana' ? 'bo' : 'ana');
            break;
          case 'fetch':
            await one.fetch(place);
            see(one.person, place, server.row(place).content);
            break;
          case 'choose': {
            const item = one.outbox.items.value.get(at(place));
            if (item?.trouble?.kind !== 'stale') break;
            see(one.person, place, item.trouble.current);
            see(one.person, place, joined(item.content, item.trouble.current));
            await one.outbox.choose(place, step.choice);
            if (step.choice === 'theirs') meant.delete(name);
            else meant.set(name, step.choice === 'both' ? joined(item.content, item.trouble.current) : item.content);
            break;
          }
          case 'close':
            server.open = false;
            break;
          case 'open':
            server.open = true;
            break;
          case 'sign-out':
            server.sessions.clear();
            break;
          case 'sign-in':
            server.sessions = new Set(['ana', 'bo']);
        }
        // Each text that somebody meant is on the device, or the server has it, or had it.
        for (const [key, content] of meant) {
          const [deviceName, person, where] = key.split(' ') as [string, string, string];
          const owner = devices.find((each) => each.name === deviceName) as Device;
          const here = (await owner.store.waiting(person)).some(
            (item) => at(item) === where && same(item.content, content),
          );
          const there = server.log.some((entry) => entry.place === where && same(entry.content, content));
          expect(here || there || same(content, EMPTY), `${key} ${JSON.stringify(content)}`).toBe(true);
        }
      }
      // Whoever wrote over somebody else's text had seen it.
      for (const place of places) {
        const entries = server.log.filter((entry) => entry.place === at(place));
        entries.forEach(({ author }, i) => {
          const before = entries[i - 1];
          if (!before || before.author === author || same(before.content, EMPTY)) return;
          expect(sights).toContain(JSON.stringify([author, at(place), before.content]));
        });
      }
      expect([...server.effects.values()].every((times) => times === 1)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
