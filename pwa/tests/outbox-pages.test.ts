import { afterEach, describe, expect, it, vi } from 'vitest';
import * as answers from '../src/lib/answers';
import { type Content, EMPTY, nameOf, type Place } from '../src/lib/conflict';
import { Outbox, type Sending } from '../src/lib/outbox';
import { Sender } from '../src/lib/sender';
import { MemoryStore } from '../src/lib/store';
import { Server } from './outbox-server';
import { Device, LABEL, PLACE } from './outbox-world';

const writing = (content: Partial<Content>, place: Place = PLACE) => ({
  place,
  label: LABEL,
  content: { ...EMPTY, ...content },
  known: { version: 0, content: EMPTY },
  was_complete: false,
  complete: true,
});
const remarkOf = (outbox: Outbox, place: Place = PLACE) => outbox.items.value.get(nameOf(place))?.content.remark;

/** A page with real timers and keys, whose sender talks to this server. */
function page(server: Server, store = new MemoryStore(), changed = () => undefined): Outbox {
  return new Outbox({
    person: 'ana',
    store,
    changed,
    sending: async () => ({
      answers,
      sender: (options) => new Sender({ ...options, send: async (...request) => server.put('ana', ...request) }),
    }),
  });
}

afterEach(() => vi.useRealTimers());

describe('before what sends has come', () => {
  it('a text is shown and stored, and goes once it can be fetched', async () => {
    const store = new MemoryStore();
    const server = new Server();
    let away = true;
    const timers: (() => void)[] = [];
    const outbox = new Outbox({
      person: 'ana',
      store,
      later: (job) => {
        timers.push(job);
        return () => undefined;
      },
      sending: async (): Promise<Sending> => {
        if (away) throw new Error('no network');
        return {
          answers,
          sender: (options) => new Sender({ ...options, send: async (...request) => server.put('ana', ...request) }),
        };
      },
    });
    await outbox.write(writing({ remark: 'a' }));
    expect(remarkOf(outbox)).toBe('a');
    expect(await store.waiting('ana')).toHaveLength(1);
    await outbox.drain();
    expect(server.log).toEqual([]);
    away = false;
    timers.at(-1)?.();
    await vi.waitFor(() => expect(server.log).toHaveLength(1));
    expect(outbox.items.value.size).toBe(0);
  });

  it('a page that is closed asks for it no more', async () => {
    const timers: unknown[] = [];
    const outbox = new Outbox({
      person: 'ana',
      store: new MemoryStore(),
      later: (job) => {
        timers.push(job);
        return () => undefined;
      },
      sending: () => Promise.reject(new Error('no network')),
    });
    outbox.close();
    await outbox.drain();
    expect(timers).toEqual([]);
  });

  it('a page that is closed meanwhile sends nothing', async () => {
    const server = new Server();
    const outbox = page(server);
    void outbox.write(writing({ remark: 'a' }), 1000);
    const drained = outbox.drain();
    outbox.close();
    await drained;
    expect(server.log).toEqual([]);
  });
});

describe('a text being typed', () => {
  it('goes after its rest, whatever happens to the clock', async () => {
    vi.useFakeTimers();
    const server = new Server();
    const outbox = page(server);
    await outbox.write(writing({ remark: 'a' }), 1000);
    vi.setSystemTime(0);
    await outbox.write(writing({ remark: 'ab' }), 1000);
    await vi.advanceTimersByTimeAsync(900);
    expect(server.log).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(server.log.map(({ content }) => content.remark)).toEqual(['ab']);
  });

  it('goes at once with all others when the page may be gone', async () => {
    const phone = new Device('phone', new Server(), 'ana');
    await phone.write({ remark: 'a' }, PLACE, 1000);
    await phone.write({ remark: 'b' }, { ...PLACE, student: 't' }, 1000);
    phone.outbox.flush();
    await phone.outbox.drain();
    expect(phone.server.log).toHaveLength(2);
  });
});

describe('another page of the same person', () => {
  /** `deaf`: the other page hears nothing of the changes here. */
  const two = (deaf = false) => {
    const server = new Server();
    const store = new MemoryStore();
    let there: Outbox | undefined;
    const here = page(server, store, () => {
      if (!deaf) void there?.look();
    });
    there = page(server, store);
    return { server, store, here, there };
  };

  it('shows what is written here, and that it was sent', async () => {
    const { server, here, there } = two();
    await here.write(writing({ remark: 'a' }), 1000);
    await there.look();
    expect(remarkOf(there)).toBe('a');
    here.flush(PLACE);
    await vi.waitFor(() => expect(server.log).toHaveLength(1));
    await vi.waitFor(() => expect(there.items.value.size).toBe(0));
    expect(there.known.value.get(nameOf(PLACE))).toEqual({ version: 1, content: { ...EMPTY, remark: 'a' } });
  });

  it('is told only what changed', async () => {
    const changed = vi.fn();
    const outbox = page(new Server(), new MemoryStore(), changed);
    await outbox.discard(PLACE);
    expect(changed).not.toHaveBeenCalled();
    await outbox.write(writing({ remark: 'a' }), 1000);
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it('does not take back what changes here while it looks', async () => {
    const { store, there } = two();
    await there.write(writing({ remark: 'old' }), 1000);
    await there.write(writing({ remark: 'x' }, { ...PLACE, student: 't' }), 1000);
    const waiting = store.waiting.bind(store);
    vi.spyOn(store, 'waiting').mockImplementationOnce(async (person) => {
      const items = await waiting(person);
      await there.write(writing({ remark: 'new' }), 1000);
      await there.discard({ ...PLACE, student: 't' });
      return items;
    });
    await Promise.all([there.look(), there.look()]);
    expect(remarkOf(there)).toBe('new');
    expect(there.items.value.size).toBe(1);
  });

  it('lets go only of the text that it shows', async () => {
    const { here, there } = two(true);
    await here.write(writing({ remark: 'a' }), 1000);
    await there.look();
    await here.write(writing({ remark: 'ab' }), 1000);
    await there.discard(PLACE);
    expect(remarkOf(there)).toBe('ab');
    await there.discard(PLACE);
    expect(remarkOf(there)).toBeUndefined();
  });

  it('chooses only between the texts that it shows', async () => {
    const { server, here, there } = two(true);
    server.put('bo', '/rounds/r/groups/g/students/s/feedback', { ...EMPTY, remark: 'theirs' }, { 'If-Match': '"0"' });
    await here.write(writing({ remark: 'mine' }));
    await vi.waitFor(() => expect(here.items.value.get(nameOf(PLACE))?.trouble?.kind).toBe('stale'));
    // The other page does not know of it yet.
    await there.choose(PLACE, 'mine');
    expect(server.log).toHaveLength(1);
    await here.choose(PLACE, 'mine');
    await vi.waitFor(() => expect(server.log).toHaveLength(2));
  });
});

describe('a device that begins to refuse', () => {
  it('is found out at the start', async () => {
    const store = new MemoryStore();
    vi.spyOn(store, 'known').mockRejectedValue(new Error('no'));
    const outbox = page(new Server(), store);
    await outbox.open();
    expect(outbox.ready.value).toBe(true);
    expect(outbox.memoryOnly.value).toBe(true);
  });

  it('is found out when it comes to sending', async () => {
    const store = new MemoryStore();
    const server = new Server();
    const outbox = page(server, store);
    await outbox.write(writing({ remark: 'a' }), 1000);
    vi.spyOn(store, 'waiting').mockRejectedValue(new Error('no'));
    outbox.flush();
    await vi.waitFor(() => expect(server.log).toHaveLength(1));
    expect(outbox.memoryOnly.value).toBe(true);
  });

  it('goes on in memory with what is shown and known', async () => {
    const store = new MemoryStore();
    const server = new Server();
    const outbox = page(server, store);
    await outbox.write(writing({ remark: 'sent' }, { ...PLACE, student: 't' }));
    await vi.waitFor(() => expect(outbox.known.value.size).toBe(1));
    await outbox.write(writing({ remark: 'a' }), 1000);
    vi.spyOn(store, 'waiting').mockRejectedValue(new Error('full'));
    vi.spyOn(store, 'change').mockRejectedValue(new Error('full'));
    const more = (student: string) => outbox.write(writing({ remark: student }, { ...PLACE, student }), 1000);
    await Promise.all([more('u'), more('v')]);
    outbox.flush();
    await vi.waitFor(() => expect(server.log).toHaveLength(4));
    expect(outbox.memoryOnly.value).toBe(true);
    await vi.waitFor(() => expect(outbox.items.value.size).toBe(0));
  });
});

describe('a fresh page', () => {
  it('about texts of which nothing waits asks the store for nothing', async () => {
    const store = new MemoryStore();
    const change = vi.spyOn(store, 'change');
    await page(new Server(), store).refresh(PLACE, { version: 3, content: EMPTY });
    expect(change).not.toHaveBeenCalled();
  });

  it('that was asked for before a text was sent does not hide it', async () => {
    const phone = new Device('phone', new Server(), 'ana');
    await phone.write({ remark: 'a' });
    await phone.outbox.drain();
    await phone.outbox.refresh(PLACE, { version: 0, content: EMPTY });
    expect(phone.shown(PLACE).remark).toBe('a');
    await phone.fetch(PLACE);
    expect(phone.outbox.known.value.size).toBe(0);
    expect(phone.shown(PLACE).remark).toBe('a');
  });
});
