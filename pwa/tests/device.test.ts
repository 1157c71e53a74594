import { beforeEach, describe, expect, it, vi } from 'vitest';
import { EMPTY } from '../src/lib/conflict';
import { inside } from '../src/lib/db';
import { forgetCopies, settle, wipeDevice } from '../src/lib/device';
import { draftStore } from '../src/lib/drafts';
import { deviceStore, keepPage, keptPage } from '../src/lib/local';
import { lastPerson, makeReady, openDevice } from '../src/lib/own-device';
import type { Me } from '../src/lib/session';
import { askToStay, forgetsInAWeek } from '../src/lib/stay';
import { vaultOf } from '../src/lib/vault';
import {
  counts,
  cutOff,
  DAY_MS,
  everything,
  forgetPage,
  freshPhone,
  person,
  secretOf,
  serve,
  signInHere,
} from './own-phone';
import { waitingText } from './waiting-text';

const item = (who: string, student = 's') =>
  waitingText({ person: who, student, content: { ...EMPTY, remark: `van ${who}` } });

/** One of everything that a person can have here. */
async function live(who: string): Promise<void> {
  await deviceStore.change([who, 'r', 'g', 's'], () => ({
    item: item(who),
    known: { version: 1, content: EMPTY },
  }));
  await keepPage(who, '/my/rounds', [who]);
  await draftStore<string>(who, 'plan/unsent').write({ value: who, base: 0, sent: false });
  await draftStore<string>(who, 'plan/sent').write({ value: who, base: 1, sent: true });
}

/** The page starts and the server says who this is. */
async function start(who: Me): Promise<void> {
  forgetPage();
  makeReady(who, openDevice());
  await vaultOf(who.id).catch(() => undefined);
}

beforeEach(async () => {
  await freshPhone();
  cutOff();
});

describe('a start', () => {
  it('on an own phone gets the key once, and uses it from then on', async () => {
    const log = serve({ '/me/device-key': { body: { key: secretOf('ana') } } });
    await start(person('ana'));
    await keepPage('ana', '/my/rounds', [1]);
    await start(person('ana'));
    expect(log).toEqual(['/me/device-key']);
    expect((await keptPage('ana', '/my/rounds'))?.value).toEqual([1]);
  });

  it('without a network knows who was here last, and shows what they had', async () => {
    await signInHere('ana');
    await settle(person('ana'));
    forgetPage();
    const here = openDevice();
    expect((await lastPerson(here))?.name).toBe('ana');
  });

  it('without a network knows nobody once the key lay idle', async () => {
    await signInHere('ana');
    await settle(person('ana'));
    await signInHere('ana', Date.now() - 15 * DAY_MS);
    forgetPage();
    expect(await lastPerson(openDevice())).toBeUndefined();
    expect((await counts()).keys).toBeUndefined();
  });

  it('of another person takes the first one’s key away at once', async () => {
    await signInHere('ana');
    await live('ana');
    serve({ '/me/device-key': { body: { key: secretOf('bo') } } });
    await start(person('bo'));
    expect((await everything()).keys?.map(([key]) => key)).toEqual(['bo']);
    expect((await lastPerson(openDevice()))?.id).not.toBe('ana');
  });

  it('of another person keeps what the second one opens, also when the device tells late who was here', async () => {
    await signInHere('ana');
    serve({ '/me/device-key': { body: { key: secretOf('bo') } } });
    forgetPage();
    const here = openDevice();
    makeReady(person('bo'), here);
    await here;
    await keepPage('bo', '/my/rounds', [1]);
    expect((await everything()).pages?.map(([key]) => key)).toEqual([['bo', '/my/rounds']]);
  });

  it('on a shared device asks for no key, keeps nothing and knows nobody afterwards', async () => {
    const log = serve({});
    await start(person('ana', { device: 'shared' }));
    await live('ana').catch(() => undefined);
    await settle(person('ana', { device: 'shared' }));
    expect(log).toEqual([]);
    expect(await counts()).toEqual({});
    expect(await lastPerson(openDevice())).toBeUndefined();
  });

  it('without a database or Web Crypto goes on in memory', async () => {
    serve({ '/me/device-key': { body: { key: secretOf('dee') } } });
    vi.stubGlobal('indexedDB', undefined);
    await start(person('dee'));
    await keepPage('dee', '/my/rounds', [1]);
    expect((await keptPage('dee', '/my/rounds'))?.value).toEqual([1]);
    vi.unstubAllGlobals();

    vi.stubGlobal('crypto', { ...crypto, subtle: undefined });
    await start(person('eef'));
    await expect(vaultOf('eef')).rejects.toThrow();
    vi.unstubAllGlobals();
    expect(await counts()).toEqual({});
  });

  it('whose key cannot be fetched keeps nothing, rather than something that anybody can read', async () => {
    await start(person('ana'));
    await expect(vaultOf('ana')).rejects.toThrow();
    expect(await counts()).toEqual({});
  });
});

describe('putting the device in order', () => {
  it('lets copies of others go and leaves what they wrote and did not send', async () => {
    await signInHere('ana');
    await live('ana');
    await signInHere('bo');
    await live('bo');
    await settle(person('bo'));
    const keys = Object.entries(await everything()).flatMap(([place, all]) =>
      all.filter(([key]) => Array.isArray(key) && key[0] === 'ana').map(([key]) => `${place} ${key}`),
    );
    expect(keys).toEqual(['waiting ana,r,g,s', 'drafts ana,plan/unsent']);
    expect((await keptPage('bo', '/my/rounds'))?.value).toEqual(['bo']);
    expect((await draftStore('bo', 'plan/sent').read())?.value).toBe('bo');
  });

  it('counts the days anew at each start', async () => {
    await signInHere('ana', Date.now() - 13 * DAY_MS);
    await settle(person('ana'));
    expect(Date.now() - Number((await everything()).keys?.[0]?.[1].used_at)).toBeLessThan(DAY_MS);
  });

  it('leaves nothing but sealed, unsent texts when the session is over', async () => {
    await signInHere('ana');
    await live('ana');
    await forgetCopies(null);
    expect(await counts()).toEqual({ keys: 1, waiting: 1, drafts: 1 });
  });

  it('warns before the page is left when a text is on this page only', async () => {
    await start(person('fay', { device: 'shared' }));
    await settle(person('fay', { device: 'shared' }));
    const leaving = () => dispatchEvent(new Event('beforeunload', { cancelable: true }));
    expect(leaving()).toBe(true);
    const store = draftStore<string>('fay', 'plan/r');
    await store.write({ value: 'x', base: 0, sent: false }).catch(() => undefined);
    expect(leaving()).toBe(false);
    await store.remove().catch(() => undefined);
    expect(leaving()).toBe(true);
  });
});

describe('signing out', () => {
  it('removes everything, texts that wait included', async () => {
    await signInHere('ana');
    await live('ana');
    await inside('aside', 'readwrite', (at) => {
      at('aside').add({ place: 'waiting', key: ['ana', 'r', 'g', 's'] });
    });
    await wipeDevice('ana');
    expect(await counts()).toEqual({});
    // An answer that comes too late is not kept any more.
    await keepPage('ana', '/my/rounds', [1]);
    expect(await counts()).toEqual({});
    expect(await lastPerson(openDevice())).toBeUndefined();
  });

  it('leaves only what others wrote and did not send, still sealed', async () => {
    await signInHere('ana');
    await live('ana');
    await signInHere('bo');
    await live('bo');
    await wipeDevice('bo');
    expect(await counts()).toEqual({ waiting: 1, drafts: 1 });
    await signInHere('ana');
    expect((await deviceStore.waiting('ana')).map(({ content }) => content.remark)).toEqual(['van ana']);
    expect((await draftStore('ana', 'plan/unsent').read())?.value).toBe('ana');
  });
});

describe('a browser that forgets after a week', () => {
  const safari =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1';
  const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.1 Safari/605.1.15';
  const chrome = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36';
  const epiphany = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 Version/16.0 Safari/605.1.15';
  it.each([
    ['Safari on an iPhone', 'Apple Computer, Inc.', safari, false, true],
    ['Safari on a Mac or iPad', 'Apple Computer, Inc.', mac, false, true],
    ['another browser on an iPhone', 'Apple Computer, Inc.', safari.replace('Version', 'CriOS'), false, true],
    ['the app on the home screen', 'Apple Computer, Inc.', safari, true, false],
    ['Chrome on a Mac', 'Google Inc.', chrome, false, false],
    ['WebKit elsewhere', 'Apple Computer, Inc.', epiphany, false, false],
    ['Firefox', '', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:130.0) Gecko Firefox/130.0', false, false],
  ])('%s', (_name, vendor, userAgent, installed, forgets) => {
    expect(forgetsInAWeek({ vendor, userAgent }, installed)).toBe(forgets);
  });
});

describe('room on the device', () => {
  it('is asked for once', async () => {
    const persist = vi.fn(async () => true);
    vi.stubGlobal('navigator', { storage: { persisted: async () => false, persist } });
    await askToStay();
    await askToStay();
    vi.unstubAllGlobals();
    expect(persist).toHaveBeenCalledOnce();
  });

  it('is not asked for where it was given', async () => {
    const persist = vi.fn(async () => true);
    vi.stubGlobal('navigator', { storage: { persisted: async () => true, persist } });
    await askToStay();
    vi.unstubAllGlobals();
    expect(persist).not.toHaveBeenCalled();
  });
});
