import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Reply } from '../src/lib/answers';
import { nameOf, type Place, type Waiting } from '../src/lib/conflict';
import { afterwards, backoff, type Outcome, oneAtATime, type Send, Sender } from '../src/lib/sender';
import { idOf, MemoryStore } from '../src/lib/store';
import { HEADER, problem, reply, Server } from './outbox-server';
import { Device, LABEL } from './outbox-world';

const place = (student: string, group = 'g'): Place => ({ round: 'r', group, student });
const wait = (device: Device) => device.outbox.drain();

/** A phone without a line, with a text for each of these students. */
async function offline(students: string[], server = new Server(), group = 'g'): Promise<Device> {
  const phone = new Device('phone', server, 'ana');
  phone.weather = Array(9999).fill('no-request');
  for (const student of students) await phone.write({ remark: `over ${student}` }, place(student, group));
  await wait(phone);
  phone.weather = [];
  server.requests.length = 0;
  return phone;
}

const numbered = (n: number) => Array.from({ length: n }, (_, i) => `s${i}`);
const paths = (server: Server) => server.requests.map(({ path }) => path);

describe('the texts of a group', () => {
  it('leave in one request, and one text alone in its own', async () => {
    const phone = await offline(numbered(30));
    await wait(phone);
    expect(paths(phone.server)).toEqual(['/rounds/r/groups/g/feedback']);
    expect(phone.server.log).toHaveLength(30);
    expect(phone.outbox.items.value.size).toBe(0);
    await phone.write({ action: 'en nu' }, place('s1'));
    await wait(phone);
    expect(paths(phone.server)[1]).toBe('/rounds/r/groups/g/students/s1/feedback');
  });

  it('leave in as few requests as the server takes; other groups in their own', async () => {
    const server = new Server();
    const phone = await offline(numbered(120), server);
    await phone.write({ remark: 'x' }, place('t', 'h'));
    await phone.write({ remark: 'y' }, place('u', 'h'));
    await wait(phone);
    expect(server.requests.map(({ body }) => (body as { items: unknown[] }).items.length)).toEqual([50, 50, 20, 2]);
    expect(phone.outbox.items.value.size).toBe(0);
  });

  it('say whose they are, with the version and key of each', async () => {
    const phone = await offline(['a', 'b']);
    await wait(phone);
    await phone.write({ remark: 'c' }, place('c'));
    await wait(phone);
    const [group, one] = phone.server.requests;
    expect(group?.headers).toEqual({ [HEADER]: 'ana' });
    expect(group?.body).toEqual({
      items: ['a', 'b'].map((student) => ({
        student,
        key: expect.any(String),
        version: 0,
        stoplight: null,
        remark: `over ${student}`,
        action: '',
      })),
    });
    expect(one?.headers).toEqual({ [HEADER]: 'ana', 'Idempotency-Key': expect.any(String), 'If-Match': '"0"' });
    expect(one?.body).toEqual({ stoplight: null, remark: 'c', action: '' });
  });

  it('are answered each: a refused one stays, the others are saved', async () => {
    const server = new Server();
    server.hidden.add('r,g,b');
    const phone = await offline(['a', 'b', 'c'], server);
    await wait(phone);
    expect([...phone.outbox.items.value.values()].map(({ student, trouble }) => [student, trouble?.kind])).toEqual([
      ['b', 'gone'],
    ]);
    expect(server.log).toHaveLength(2);
  });

  it.each([400, 404, 405, 413, 422, 500])(
    'go one by one when the server will not look at them together (%i)',
    async (status) => {
      const phone = await offline(['a', 'b', 'c']);
      phone.weather = [status];
      await wait(phone);
      expect(phone.server.requests).toHaveLength(3);
      expect(phone.server.log).toHaveLength(3);
      expect(phone.outbox.items.value.size).toBe(0);
    },
  );

  it('go alone when the answer does not mention them', async () => {
    const phone = await offline(['a', 'b']);
    const put = phone.server.put.bind(phone.server);
    vi.spyOn(phone.server, 'put').mockImplementationOnce((...request) => {
      const said = put(...request);
      return { ...said, body: { items: (said.body as { items: unknown[] }).items.slice(1) } };
    });
    await wait(phone);
    expect(paths(phone.server)).toEqual(['/rounds/r/groups/g/feedback', '/rounds/r/groups/g/students/a/feedback']);
    expect(phone.server.log).toHaveLength(2);
    expect(phone.outbox.items.value.size).toBe(0);
  });

  it.each([[{}], [undefined], [{ items: 'none' }]])('go alone when the answer is no list: %j', async (body) => {
    const phone = await offline(['a', 'b']);
    vi.spyOn(phone.server, 'put').mockImplementationOnce(() => reply(200, body));
    await wait(phone);
    expect(phone.outbox.items.value.size).toBe(0);
    expect(phone.server.log).toHaveLength(2);
  });

  it.each([[401], [429], [503]])('all wait when that would be said to each (%i)', async (status) => {
    const phone = await offline(['a', 'b']);
    phone.weather = [status];
    await wait(phone);
    expect(phone.outbox.items.value.size).toBe(2);
    expect(phone.server.requests).toHaveLength(0);
    expect(phone.outbox.signedOut.value).toBe(status === 401);
  });
});

describe('one bad text', () => {
  it('at which the server fails holds up no other, and is tried again later', async () => {
    const server = new Server();
    const put = server.put.bind(server);
    server.put = (session, path, body, headers) =>
      JSON.stringify(body).includes('over b') ? problem(500, 'fault') : put(session, path, body, headers);
    const phone = await offline(['a', 'b', 'c', 'd'], server);
    await wait(phone);
    expect([...phone.outbox.items.value.keys()]).toEqual(['r,g,b']);
    expect(phone.outbox.items.value.get('r,g,b')?.trouble).toBeNull();
    expect(phone.timers).toHaveLength(1);
    server.put = put;
    phone.pass();
    await wait(phone);
    expect(phone.outbox.items.value.size).toBe(0);
  });

  it('goes last the next time; a server that fails at several is left alone', async () => {
    const server = new Server();
    const put = server.put.bind(server);
    server.put = (session, path, body, headers) =>
      /over b/.test(JSON.stringify(body)) ? problem(500, 'fault') : put(session, path, body, headers);
    const phone = await offline(['b1', 'b2', 'b3', 'b4', 'ok'], server);
    await wait(phone);
    expect(server.log).toHaveLength(0);
    expect(phone.outcomes.at(-1)).toEqual({ kind: 'lost', busy: true });
    phone.pass();
    await wait(phone);
    expect(server.log.map(({ content }) => content.remark)).toEqual(['over ok']);
    expect(phone.outbox.items.value.size).toBe(4);
  });

  it('whose key stands for something else gets a new one, and is done once', async () => {
    const phone = await offline(['a']);
    vi.spyOn(phone.server, 'put').mockImplementationOnce(() => problem(422, 'key-reused'));
    await wait(phone);
    expect(phone.outbox.items.value.size).toBe(1);
    phone.pass();
    await wait(phone);
    expect(phone.outbox.items.value.size).toBe(0);
    expect(phone.server.log).toHaveLength(1);
  });
});

describe('waiting', () => {
  it('grows with each failure, up to a minute, and never all phones at once', () => {
    expect(backoff(0, 0)).toBe(500);
    expect(backoff(0, 1)).toBe(1000);
    expect(backoff(3, 0.5)).toBe(6000);
    expect(backoff(40, 1)).toBe(60_000);
  });

  it('starts anew after an answer, and ends at any new chance', async () => {
    const phone = await offline(['a']);
    const before = phone.timers.map(({ ms }) => ms);
    phone.weather = ['no-request'];
    phone.pass();
    await wait(phone);
    expect(phone.timers.map(({ ms }) => ms)[0]).toBeGreaterThan(before[0] as number);
    await phone.outbox.resume();
    expect(phone.outbox.items.value.size).toBe(0);
    phone.weather = ['no-request'];
    await phone.write({ remark: 'b' }, place('b'));
    await wait(phone);
    expect(phone.timers.map(({ ms }) => ms)).toEqual([500]);
  });

  it('is as long as the server asks, whatever happens meanwhile', async () => {
    const phone = await offline(['a']);
    phone.timers = [];
    vi.spyOn(phone.server, 'put').mockImplementationOnce(() => problem(429, 'too-many', { 'Retry-After': '120' }));
    await phone.outbox.resume();
    expect(phone.timers.map(({ ms }) => ms)).toEqual([120_000]);
    await phone.outbox.resume();
    await phone.write({ remark: 'b' }, place('b'));
    await wait(phone);
    expect(phone.server.requests).toHaveLength(0);
    phone.pass();
    await wait(phone);
    expect(phone.outbox.items.value.size).toBe(0);
  });

  it('ends with the page', async () => {
    const phone = await offline(['a']);
    let answer: () => void = () => undefined;
    phone.gate = new Promise((resolve) => {
      answer = resolve;
    });
    phone.weather = ['no-answer'];
    const sent = phone.outbox.resume();
    await vi.waitFor(() => expect(phone.server.requests).toHaveLength(1));
    phone.outbox.close();
    answer();
    await sent;
    expect(phone.timers).toEqual([]);
    await phone.outbox.resume();
    expect(phone.server.requests).toHaveLength(1);
  });
});

describe('a session of somebody else', () => {
  it('in the same browser gets nothing of this page, and nothing is lost', async () => {
    const phone = await offline(['a', 'b']);
    phone.session = 'bo';
    await wait(phone);
    expect(phone.outcomes.at(-1)).toEqual({ kind: 'signed-out', other: true });
    expect(phone.outbox.signedOut.value).toBe(true);
    expect(phone.server.log).toEqual([]);
    phone.session = 'ana';
    await wait(phone);
    expect(phone.server.log).toEqual([]);
    await phone.outbox.resume();
    expect(phone.server.log.map(({ author }) => author)).toEqual(['ana', 'ana']);
    expect(phone.outbox.signedOut.value).toBe(false);
  });
});

describe('without a page', () => {
  const stored = (remark: string): Waiting => ({
    ...place('s'),
    person: 'ana',
    label: LABEL,
    content: { stoplight: null, remark, action: '' },
    key: 'k',
    base: 0,
    seen: { stoplight: null, remark: '', action: '' },
    edited_at: 0,
    attempt: null,
    trouble: null,
    was_complete: false,
    complete: true,
  });
  const answering =
    (answer: () => Reply | Promise<Reply>): Send =>
    async () =>
      answer();

  it('everything is sent once, and what became of it is told', async () => {
    const store = new MemoryStore([stored('a')]);
    const server = new Server();
    const send: Send = async (...request) => server.put('ana', ...request);
    expect(await new Sender({ person: 'ana', store, send }).pass()).toEqual({ kind: 'done' });
    expect(await store.waiting('ana')).toEqual([]);
    expect(server.log).toHaveLength(1);
    await new Sender({ person: 'ana', store, send }).wake();
    expect(server.requests).toHaveLength(1);
  });

  it('a store that fails is heard by who asked, and is tried again by who keeps going', async () => {
    const store = new MemoryStore([stored('a')]);
    vi.spyOn(store, 'waiting').mockRejectedValue(new Error('no'));
    const told: Outcome[] = [];
    const sender = new Sender({
      person: 'ana',
      store,
      send: answering(() => reply(200, {})),
      told: (outcome) => told.push(outcome),
      later: () => () => undefined,
    });
    await expect(sender.pass()).rejects.toThrow('no');
    await sender.wake();
    expect(told).toEqual([{ kind: 'lost' }]);
  });

  it('a text that somebody else sent or refused meanwhile is left alone', async () => {
    for (const then of [null, { ...stored('a'), trouble: { kind: 'gone' } as const }]) {
      const store = new MemoryStore([stored('a')]);
      const waiting = store.waiting.bind(store);
      vi.spyOn(store, 'waiting').mockImplementationOnce(async (person) => {
        const items = await waiting(person);
        await store.change(idOf(stored('a')), () => ({ item: then }));
        return items;
      });
      const send = vi.fn();
      expect(await new Sender({ person: 'ana', store, send }).pass()).toEqual({ kind: 'done' });
      expect(send).not.toHaveBeenCalled();
      expect((await store.waiting('ana')).map(nameOf)).toEqual(then ? ['r,g,s'] : []);
    }
  });
});

describe('one context at a time', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const locks = (request: (name: string, options: { signal: AbortSignal }, job: () => unknown) => unknown) =>
    vi.stubGlobal('navigator', { locks: { request } });

  it('sends for a person, by a lock of that name', async () => {
    const names: string[] = [];
    locks((name, _options, job) => {
      names.push(name);
      return job();
    });
    expect(await oneAtATime('ana')(async () => 7)).toBe(7);
    expect(names).toEqual(['driehoek-send-ana']);
  });

  it('is a courtesy: where there are no locks it goes on', async () => {
    vi.stubGlobal('navigator', {});
    expect(await oneAtATime('ana')(async () => 7)).toBe(7);
  });

  it('is waited for only so long: a frozen page may hold the lock', async () => {
    vi.useFakeTimers();
    locks(
      (_name, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    );
    const sent = oneAtATime('ana')(async () => 7);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await sent).toBe(7);
  });

  it('passes a failure of the work on, and does not do it twice', async () => {
    locks((_name, _options, job) => job());
    const job = vi.fn().mockRejectedValue(new Error('no'));
    await expect(oneAtATime('ana')(job)).rejects.toThrow('no');
    expect(job).toHaveBeenCalledTimes(1);
  });

  it('lets a moment pass by a timer that can be called off', () => {
    vi.useFakeTimers();
    const job = vi.fn();
    afterwards(job, 10)();
    vi.advanceTimersByTime(20);
    expect(job).not.toHaveBeenCalled();
    afterwards(job, 10);
    vi.advanceTimersByTime(20);
    expect(job).toHaveBeenCalledTimes(1);
  });
});
