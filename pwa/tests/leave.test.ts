import { beforeEach, describe, expect, it, vi } from 'vitest';
import { setTransport } from '../src/lib/api';
import { draftStore } from '../src/lib/drafts';
import { endSession, leave } from '../src/lib/leave';
import { keepPage } from '../src/lib/local';
import { OWED } from '../src/lib/own-device';
import { me } from '../src/lib/session';
import { start } from '../src/lib/start';
import { counts, freshPhone, person, serve, signInHere } from './own-phone';

const unsubscribe = vi.fn(async () => true);
const unregister = vi.fn(async () => true);
const replace = vi.fn();
let names: string[];
let requests: string[];
let line: 'up' | 'down' | 'unwell';
let answered: Response;

beforeEach(async () => {
  vi.unstubAllGlobals();
  await freshPhone();
  vi.clearAllMocks();
  names = ['workbox-precache', 'driehoek-later'];
  requests = [];
  line = 'up';
  answered = Response.json({ location: '/sign-in' });
  const registration = {
    unregister,
    pushManager: { getSubscription: async () => ({ endpoint: 'https://push.test/1', unsubscribe }) },
  };
  vi.stubGlobal('navigator', {
    serviceWorker: { getRegistration: async () => registration, getRegistrations: async () => [registration] },
  });
  vi.stubGlobal('caches', {
    keys: async () => [...names],
    delete: async (name: string) => {
      names = names.filter((one) => one !== name);
    },
  });
  vi.stubGlobal('fetch', async (url: string, options?: RequestInit) => {
    if (String(url).endsWith('.json')) return new Response('{}');
    requests.push(`${options?.method} ${url}`);
    if (line === 'down') throw new TypeError('no network');
    return line === 'up' ? answered : new Response(null, { status: 503 });
  });
  vi.spyOn(location, 'replace').mockImplementation(replace);
  setTransport(() => Promise.reject(new TypeError('no network')));
  await signInHere('ana');
  await keepPage('ana', '/my/rounds', [1]);
  await draftStore<string>('ana', 'plan/r').write({ value: 'x', base: 0, sent: false });
  localStorage.setItem('language', 'en');
  localStorage.setItem('rate.keys', 'off');
  sessionStorage.setItem('round-draft', '{}');
  me.value = person('ana');
});

describe('signing out', () => {
  it('empties the device, ends the session and leads to the sign-in page', async () => {
    const log = serve({ '/push-subscriptions': { status: 200 } });
    await leave(person('ana'));
    expect(await counts()).toEqual({});
    expect(names).toEqual([]);
    expect(log).toEqual(['DELETE /push-subscriptions']);
    expect(unsubscribe).toHaveBeenCalledOnce();
    expect(unregister).toHaveBeenCalledOnce();
    expect(Object.keys(localStorage)).toEqual(['language']);
    expect(sessionStorage.length).toBe(0);
    expect(requests).toEqual(['POST /auth/sign-out']);
    expect(replace).toHaveBeenCalledExactlyOnceWith('/sign-in');
  });

  it('leads on to where one signs out of the account of the school, once the device is empty', async () => {
    const there = 'https://idp.school.example/end?id_token_hint=a.b.c';
    answered = Response.json({ location: there });
    await leave(person('ana'));
    expect(await counts()).toEqual({});
    expect(replace).toHaveBeenCalledExactlyOnceWith(there);
  });

  it.each([new Response(null, { status: 204 }), Response.json({ location: 'javascript:alert(1)' })])(
    'leads to the sign-in page when the answer names no place',
    async (answer) => {
      answered = answer;
      expect(await endSession()).toBe('/sign-in');
    },
  );

  it.each(['down', 'unwell'] as const)(
    'empties the device also when the server is %s, and shows nobody',
    async (how) => {
      line = how;
      await leave(person('ana'));
      expect(await counts()).toEqual({});
      expect(names).toEqual([]);
      expect(unsubscribe).toHaveBeenCalledOnce();
      expect(me.value).toBeNull();
      expect(replace).not.toHaveBeenCalled();
      expect(Object.keys(localStorage).sort()).toEqual(['language', OWED].sort());
    },
  );

  it('that did not reach the server comes before anything else at the next start', async () => {
    line = 'down';
    await leave(person('ana'));
    line = 'up';
    requests = [];
    const log = serve({ '/me': { body: person('ana') } });
    void start();
    await vi.waitFor(() => expect(replace).toHaveBeenCalledExactlyOnceWith('/sign-in'));
    expect(requests).toEqual(['POST /auth/sign-out']);
    expect(log).toEqual([]);
    expect(localStorage.getItem(OWED)).toBeNull();
  });

  it('that still does not reach it lets nobody in meanwhile', async () => {
    line = 'down';
    await leave(person('ana'));
    const log = serve({ '/me': { body: person('ana') } });
    await start();
    expect(log).toEqual([]);
    expect(me.value).toBeNull();
    expect(await endSession()).toBeNull();
  });
});

describe('a start whose session is over', () => {
  it('leaves sealed, unsent texts and nothing else, and leads to the sign-in page', async () => {
    serve({ '/me': { status: 401 } });
    void start();
    await vi.waitFor(() => expect(replace).toHaveBeenCalledOnce());
    expect(await counts()).toEqual({ drafts: 1 });
  });
});

describe('a start on a device that knows who was here', () => {
  const known = person('ana', { given_name: 'Ana' });
  const startWith = async (me_answers: (answer: (status: number, body: unknown) => Response) => Promise<Response>) => {
    await keepPage('ana', '/me', known);
    setTransport(() =>
      me_answers((status, body) => Response.json(body, { status, headers: { 'Content-Type': 'application/json' } })),
    );
    me.value = null;
    await start();
  };
  const reload = vi.fn();
  beforeEach(() => {
    reload.mockClear();
    vi.spyOn(location, 'reload').mockImplementation(reload);
  });

  it('needs no network', async () => {
    await startWith(() => Promise.reject(new TypeError('no network')));
    expect(me.value).toMatchObject({ given_name: 'Ana' });
  });

  it('needs no server that is well', async () => {
    await startWith(async (answer) => answer(503, {}));
    expect(me.value).toMatchObject({ given_name: 'Ana' });
  });

  it.each([
    ['goes on when it is the same person after all', 200, person('ana'), 0],
    ['begins anew when it is somebody else', 200, person('bo'), 1],
    ['begins anew when the device is a shared one now', 200, person('ana', { device: 'shared' }), 1],
    ['begins anew when the session is over', 401, {}, 1],
  ])('waits three seconds for a line that says nothing, and %s', async (_what, status, body, reloads) => {
    let come = () => {};
    const late = new Promise<void>((resolve) => {
      come = resolve;
    });
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const started = startWith(async (answer) => {
      await late;
      return answer(status, body);
    });
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(3_000);
      expect(me.value).toMatchObject({ given_name: 'Ana' });
    });
    await started;
    vi.useRealTimers();
    come();
    await vi.waitFor(() => expect(reload).toHaveBeenCalledTimes(reloads));
    await new Promise((resolve) => setTimeout(resolve));
    expect(reload).toHaveBeenCalledTimes(reloads);
  });
});
