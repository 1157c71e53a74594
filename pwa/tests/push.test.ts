import { beforeEach, describe, expect, test, vi } from 'vitest';

interface Shown {
  tag: string;
  data: { url: string };
  close: () => void;
}
interface Page {
  url: string;
  focused?: boolean;
  focus: () => Promise<Page>;
  postMessage: (data: unknown, ports?: MessagePort[]) => void;
  navigate: (url: string) => Promise<unknown>;
}

const ORIGIN = 'https://driehoek.test';
const showNotification = vi.fn(async () => undefined);
const openWindow = vi.fn(async () => null);
const resubscribed = { toJSON: () => ({ endpoint: 'https://push.test/new' }) };
const subscribe = vi.fn(async () => resubscribed);
const setAppBadge = vi.fn(async () => undefined);
const clearAppBadge = vi.fn(async () => undefined);
let windows: Page[] = [];
let shown: Shown[] = [];
let served: Record<string, unknown> = {};
let asked: string[] = [];
vi.stubGlobal('self', {
  location: { origin: ORIGIN },
  registration: { showNotification, getNotifications: async () => shown, pushManager: { subscribe } },
  clients: { matchAll: async () => windows, openWindow },
});
vi.stubGlobal('navigator', { setAppBadge, clearAppBadge });
vi.stubGlobal('fetch', async (path: string, options: RequestInit = {}) => {
  asked.push([options.method, path, options.body].filter(Boolean).join(' '));
  const body = served[path];
  return new Response(JSON.stringify(body ?? {}), { status: body === undefined ? 401 : 200 });
});

const { onNotificationClick, onPush, onSubscriptionChange } = await import('../sw/push');
const push = (json: () => unknown) => onPush({ data: { json } } as never);
const click = (url: string) =>
  onNotificationClick({ notification: { close: () => undefined, data: { url } } } as never);
const notification = (tag: string, path: string): Shown => ({ tag, data: { url: ORIGIN + path }, close: vi.fn() });

beforeEach(() => {
  windows = [];
  shown = [];
  served = { '/api/v1/me': { unread_notices: 3, vapid_public_key: 'today', device: 'own' } };
  asked = [];
  vi.clearAllMocks();
});

describe('a push', () => {
  test('shows a fixed text in the language of the reader', async () => {
    await push(() => ({ kind: 'report_shared', url: '/rounds/1/students/2', tag: 'r1', lang: 'en' }));
    expect(showNotification).toHaveBeenCalledWith(
      'Your feedback is ready',
      expect.objectContaining({ tag: 'r1', data: { url: `${ORIGIN}/rounds/1/students/2` } }),
    );
  });

  test.each([
    ['of an unknown kind', () => ({ kind: 'brand_new' })],
    ['that is damaged', () => JSON.parse('{')],
    ['that carries nothing', () => null],
  ])('%s still shows something: phones drop a subscription that stays silent', async (_what, json) => {
    await push(json);
    expect(showNotification).toHaveBeenCalledWith(
      'Nieuws in Driehoek',
      expect.objectContaining({ tag: expect.anything() }),
    );
  });

  test('never leads to another site', async () => {
    await push(() => ({ kind: 'report_shared', url: 'https://elsewhere.test/x' }));
    expect(showNotification.mock.calls[0]?.[1 as never]).toMatchObject({ data: { url: ORIGIN } });
  });

  test('puts the number of unread notices on the icon and tells open pages', async () => {
    const postMessage = vi.fn();
    windows = [{ postMessage } as never];
    await push(() => ({ kind: 'report_shared', tag: 'r1' }));
    expect(setAppBadge).toHaveBeenCalledExactlyOnceWith(3);
    expect(postMessage).toHaveBeenCalledExactlyOnceWith({ type: 'news', kind: 'report_shared' });
    expect(asked).toEqual(['/api/v1/me']);
  });

  test('says on the icon that there is something when the session is over', async () => {
    served = {};
    await push(() => ({ kind: 'report_shared', tag: 'r1' }));
    expect(showNotification).toHaveBeenCalledOnce();
    expect(setAppBadge).toHaveBeenCalledExactlyOnceWith(undefined);
  });

  test('takes away what was read elsewhere meanwhile, and nothing else', async () => {
    const read = notification('a', '/rounds/1/students/2');
    const unread = notification('b', '/rounds/1/students/3');
    const digest = notification('digest', '/notices');
    const tested = notification('test', '/notices/help');
    shown = [read, unread, digest, tested, notification('r1', '/rounds')];
    served['/api/v1/notices'] = [
      { url: '/rounds/1/students/2', read_at: '2026-11-20T10:00:00Z' },
      { url: '/rounds/1/students/3', read_at: null },
    ];
    await push(() => ({ kind: 'report_shared', url: '/rounds', tag: 'r1' }));
    expect(read.close).toHaveBeenCalledOnce();
    for (const one of [unread, digest, tested, shown[4]]) expect(one?.close).not.toHaveBeenCalled();
    expect(setAppBadge).toHaveBeenCalledExactlyOnceWith(1);
  });
});

describe('a tap on a notification', () => {
  const window = (url: string, answers = true): Page => {
    const page: Page = {
      url: ORIGIN + url,
      focus: vi.fn(async () => page),
      postMessage: vi.fn((_data, ports) => answers && ports?.[0]?.postMessage(true)),
      navigate: vi.fn(async () => null),
    };
    return page;
  };

  test('goes on in the window that is open', async () => {
    const page = window('/rounds');
    windows = [page];
    await click(`${ORIGIN}/reports`);
    expect(page.focus).toHaveBeenCalledOnce();
    expect(page.postMessage).toHaveBeenCalledWith({ type: 'navigate', url: `${ORIGIN}/reports` }, [expect.anything()]);
    expect(page.navigate).not.toHaveBeenCalled();
    expect(openWindow).not.toHaveBeenCalled();
  });

  test('takes the window that shows it already, before another', async () => {
    windows = [window('/rounds'), window('/reports')];
    await click(`${ORIGIN}/reports`);
    expect(windows[0]?.focus).not.toHaveBeenCalled();
    expect(windows[1]?.focus).toHaveBeenCalledOnce();
  });

  test('loads a page that does not answer', async () => {
    vi.useFakeTimers();
    const page = window('/rounds', false);
    windows = [page];
    const done = click(`${ORIGIN}/reports`);
    await vi.runAllTimersAsync();
    await done;
    vi.useRealTimers();
    expect(page.navigate).toHaveBeenCalledExactlyOnceWith(`${ORIGIN}/reports`);
    expect(openWindow).not.toHaveBeenCalled();
  });

  test.each<[string, () => Page[]]>([
    ['there is none', () => []],
    ['only a page of the server is open', () => [window('/sign-in?next=%2F')]],
    ['the one there is does not come to the front', () => [{ ...window('/rounds'), focus: () => Promise.reject() }]],
  ])('opens a window when %s', async (_when, open) => {
    windows = open();
    await click(`${ORIGIN}/reports`);
    expect(openWindow).toHaveBeenCalledExactlyOnceWith(`${ORIGIN}/reports`);
  });
});

describe('a subscription that the browser replaced', () => {
  const old = { options: { applicationServerKey: 'yesterday' } };
  const change = (event: object) => onSubscriptionChange(event as never);

  test('is told to the server, made with the key of today', async () => {
    served['/api/v1/push-subscriptions'] = {};
    await change({ oldSubscription: old });
    expect(subscribe).toHaveBeenCalledExactlyOnceWith({ userVisibleOnly: true, applicationServerKey: 'today' });
    expect(asked).toEqual(['/api/v1/me', 'POST /api/v1/push-subscriptions {"endpoint":"https://push.test/new"}']);
  });

  test('is made with the old key where the session is over, so that the next start finds it', async () => {
    served = {};
    await change({ oldSubscription: old });
    expect(subscribe).toHaveBeenCalledExactlyOnceWith({ userVisibleOnly: true, applicationServerKey: 'yesterday' });
  });

  test('is taken as it is where the browser made one itself', async () => {
    await change({ oldSubscription: old, newSubscription: { toJSON: () => ({ endpoint: 'https://push.test/own' }) } });
    expect(subscribe).not.toHaveBeenCalled();
    expect(asked[1]).toContain('https://push.test/own');
  });

  test('is not made on a shared device, nor without any key', async () => {
    served = { '/api/v1/me': { vapid_public_key: 'today', device: 'shared' } };
    await change({ oldSubscription: old });
    served = { '/api/v1/me': { vapid_public_key: null, device: 'own' } };
    await change({});
    expect(subscribe).not.toHaveBeenCalled();
  });
});
