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

beforeEach(async () => {
  vi.unstubAllGlobals();
  await freshPhone();
  vi.clearAllMocks();
  names = ['workbox-precache', 'driehoek-later'];
  requests = [];
  line = 'up';
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
    return line === 'up' ? new Response(null, { status: 204 }) : new Response(null, { status: 503 });
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
    await leave('ana');
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

  it.each(['down', 'unwell'] as const)(
    'empties the device also when the server is %s, and shows nobody',
    async (how) => {
      line = how;
      await leave('ana');
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
    await leave('ana');
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
    await leave('ana');
    const log = serve({ '/me': { body: person('ana') } });
    await start();
    expect(log).toEqual([]);
    expect(me.value).toBeNull();
    expect(await endSession()).toBe(false);
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

describe('a start without a network', () => {
  it('has the person of the last visit', async () => {
    await keepPage('ana', '/me', person('ana', { given_name: 'Ana' }));
    me.value = null;
    await start();
    expect(me.value).toMatchObject({ given_name: 'Ana' });
  });
});
