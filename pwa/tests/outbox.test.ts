import { describe, expect, it, vi } from 'vitest';
import { type Content, EMPTY, MOST } from '../src/lib/conflict';
import { MemoryStore, type Store } from '../src/lib/store';
import { Server } from './outbox-server';
import { Device, PLACE } from './outbox-world';

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
    phone.weather = Array(20).fill('no-request');
    for (const remark of ['I', 'Ik', 'Ik z', 'Ik zie', 'Ik zie je groei']) {
      await phone.write({ remark });
      await wait(phone.outbox);
    }
    phone.weather = [];
    await wait(phone.outbox);
    expect(phone.server.requests).toHaveLength(1);
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
    // Both were the writer's own words, so there was nothing to ask.
    expect(phone.server.log.map(({ over }) => over)).toEqual([0, 1]);
  });

  it('that was taken back while it was on its way is taken back at the server, however late it arrives', async () => {
    const phone = new Device('phone', new Server(), 'ana');
    phone.weather = ['no-request'];
    await phone.write({ stoplight: 'warning' });
    await wait(phone.outbox);
    await phone.write({ stoplight: null });
    await wait(phone.outbox);
    expect(phone.item).toBeUndefined();
    expect(phone.server.log.map(({ content }) => content.stoplight)).toEqual(['warning', null]);
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

  it('of too many characters is kept here with what the server says of it, and sent once it is shorter', async () => {
    const phone = new Device('phone', new Server(), 'ana');
    await phone.write({ remark: 'x'.repeat(MOST + 1) });
    await wait(phone.outbox);
    expect(phone.server.log).toEqual([]);
    expect(phone.item?.content.remark).toHaveLength(MOST + 1);
    expect(phone.item?.trouble).toEqual({ kind: 'refused', title: 'invalid', detail: 'te lang' });
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
    server.hidden.add('r,g,gone');
    await phone.write({ remark: 'weg' }, { ...PLACE, student: 'gone' });
    await phone.write({ remark: 'hier' });
    await wait(phone.outbox);
    expect(server.row(PLACE).content.remark).toBe('hier');
    expect([...phone.outbox.items.value.values()].map((item) => item.trouble)).toEqual([{ kind: 'gone' }]);
  });

  it('is tried again when it was changed', async () => {
    const phone = new Device('phone', new Server(), 'ana');
    phone.weather = [422];
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
});

describe('the device', () => {
  it('that refuses to store goes on in memory, says so, and still sends', async () => {
    const refusing: Store = {
      waiting: () => Promise.reject(new Error('no')),
      known: () => Promise.reject(new Error('no')),
      change: () => Promise.reject(new Error('no')),
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
