import { beforeEach, describe, expect, test, vi } from 'vitest';
import { turnOn } from '../src/features/notices/push-part';
import { spoken } from '../src/lib/announce';
import { t } from '../src/lib/i18n';
import { dropPush, pushState, resumePush, sendTest, subscribe, unsubscribe } from '../src/lib/push';
import { me } from '../src/lib/session';
import { freshPhone, person, serve } from './own-phone';

const TODAY = 'BAAA';
const bytes = (key: string) => Uint8Array.from(atob(key), (char) => char.charCodeAt(0)).buffer;

class Subscription {
  ended = false;
  constructor(
    readonly endpoint: string,
    key: string,
  ) {
    this.options = { applicationServerKey: bytes(key) };
  }
  readonly options: { applicationServerKey: ArrayBuffer };
  toJSON = () => ({ endpoint: this.endpoint });
  unsubscribe = async () => {
    here = null;
    this.ended = true;
    return true;
  };
}

let here: Subscription | null;
let refuses: DOMException | null;
let made: number;
let log: string[];
const close = vi.fn();

beforeEach(async () => {
  await freshPhone();
  here = null;
  refuses = null;
  made = 0;
  close.mockClear();
  const registration = {
    getNotifications: async () => [{ close }],
    pushManager: {
      getSubscription: async () => here,
      subscribe: async () => {
        if (refuses) throw refuses;
        made += 1;
        here = new Subscription(`https://push.test/${made}`, TODAY);
        return here;
      },
    },
  };
  vi.stubGlobal('navigator', {
    serviceWorker: { ready: Promise.resolve(registration), getRegistration: async () => registration },
  });
  vi.stubGlobal('PushManager', class {});
  permission('granted');
  log = serve({ '/push-subscriptions': { body: { id: '1' } }, '/notices/test': { status: 204 } });
  signIn('ana');
  pushState.value = 'unknown';
});

const permission = (now: string) =>
  vi.stubGlobal('Notification', { permission: now, requestPermission: async () => now });
const signIn = (name: string, more = {}) => {
  me.value = person(name, { vapid_public_key: TODAY, ...more });
};

test('a browser that refuses is told as that, and not as a fault of ours', async () => {
  refuses = new DOMException('Registration failed - push service not available', 'AbortError');
  expect(await turnOn()).toBe(false);
  await vi.waitFor(() => expect(spoken.value).toBe(t('push_ask.refused')));
  expect(spoken.value).not.toBe('');
  expect(log).toEqual([]);
});

describe('each start of the app', () => {
  test('tells the server again where the device is', async () => {
    here = new Subscription('https://push.test/old', TODAY);
    await resumePush();
    expect(log).toEqual(['POST /push-subscriptions']);
    expect([pushState.value, made]).toEqual(['on', 0]);
  });

  test('subscribes anew when the key of the school changed', async () => {
    const old = new Subscription('https://push.test/old', 'BBBB');
    here = old;
    await resumePush();
    expect(old.ended).toBe(true);
    expect(log).toEqual(['DELETE /push-subscriptions', 'POST /push-subscriptions']);
    expect([pushState.value, made]).toEqual(['on', 1]);
  });

  test('subscribes anew when the phone lost it, for whoever wanted it here', async () => {
    await subscribe();
    here = null;
    await resumePush();
    expect([pushState.value, made]).toEqual(['on', 2]);
  });

  test('does nothing where nobody asked for notices, or said that they need none any more', async () => {
    await resumePush();
    await subscribe();
    await unsubscribe();
    await resumePush();
    expect([pushState.value, made]).toEqual(['off', 1]);
  });

  test('ends what somebody else wanted here, and asks who is here now', async () => {
    await subscribe();
    const theirs = here;
    signIn('ben');
    log.length = 0;
    await resumePush();
    expect(theirs?.ended).toBe(true);
    expect(log).toEqual(['DELETE /push-subscriptions']);
    expect([pushState.value, made]).toEqual(['off', 1]);
  });

  test.each([
    ['denied', 'blocked'],
    ['default', 'off'],
  ])('finds that the browser says %s', async (said, state) => {
    permission(said);
    await resumePush();
    expect([pushState.value, log]).toEqual([state, []]);
  });

  test('ends it on a device that is shared from now on', async () => {
    await subscribe();
    signIn('ana', { device: 'shared' });
    await resumePush();
    expect(here).toBeNull();
    expect(pushState.value).toBe('unsupported');
  });
});

test('a test goes to this device, which is told to the server first', async () => {
  await subscribe();
  log.length = 0;
  await sendTest();
  expect(log).toEqual(['POST /push-subscriptions', 'POST /notices/test']);
});

test('signing out takes the subscription and what is still on the screen', async () => {
  await subscribe();
  serve({});
  await dropPush();
  expect(here).toBeNull();
  expect(close).toHaveBeenCalledOnce();
});
