import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { lookForNews, type Notice, read, watchInbox } from '../src/lib/inbox';
import { go } from '../src/lib/navigate';
import { me } from '../src/lib/session';
import { freshPhone, person, serve } from './own-phone';

const AT = '2026-11-20T10:00:00Z';
const notice = (id: string, url: string, read_at: string | null = null): Notice => ({
  id,
  kind: 'report.shared',
  title: 'Je feedback staat klaar',
  body: 'Open Driehoek om het te lezen.',
  url,
  about: null,
  created_at: AT,
  read_at,
});
const setAppBadge = vi.fn(async () => undefined);
const clearAppBadge = vi.fn(async () => undefined);
const worker = new EventTarget();
let shown: { tag: string; data: { url: string }; close: () => void }[] = [];
let visible = true;
let notices: Notice[] = [];
let log: string[] = [];

const shows = (path: string) => {
  const one = { tag: path, data: { url: location.origin + path }, close: vi.fn() };
  shown.push(one);
  return one;
};
const unread = () => notices.filter((one) => one.read_at === null).length;
/** A server with these notices, of which some may have been read elsewhere. */
function serving(...some: Notice[]): void {
  notices = some;
  log = serve({
    '/me': () => ({ body: person('ana', { unread_notices: unread() }) }),
    '/notices': () => ({ body: notices }),
    '/notices/read': () => {
      notices = notices.map((one) => ({ ...one, read_at: AT }));
      return { body: { unread: 0 } };
    },
  });
}
const comeBack = () => document.dispatchEvent(new Event('visibilitychange'));

beforeAll(() => {
  vi.stubGlobal('navigator', {
    setAppBadge,
    clearAppBadge,
    serviceWorker: Object.assign(worker, { getRegistration: async () => ({ getNotifications: async () => shown }) }),
  });
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => (visible ? 'visible' : 'hidden'));
  me.value = person('ana');
  serving();
  watchInbox(me.value);
});

beforeEach(async () => {
  await freshPhone();
  shown = [];
  visible = true;
  go('/elsewhere');
  me.value = person('ana');
  serving();
  await lookForNews();
  vi.clearAllMocks();
  log.length = 0;
});

describe('what is unread', () => {
  test('is counted in the app and on its icon', async () => {
    serving(notice('1', '/a'), notice('2', '/b'), notice('3', '/c', AT));
    await lookForNews();
    expect(me.value?.unread_notices).toBe(2);
    expect(setAppBadge).toHaveBeenLastCalledWith(2);
  });

  test('is asked for again when the app comes back, and when something came', async () => {
    serving(notice('1', '/a'));
    comeBack();
    await vi.waitFor(() => expect(me.value?.unread_notices).toBe(1));
    notices = [...notices, notice('2', '/b')];
    worker.dispatchEvent(new MessageEvent('message', { data: { type: 'news', kind: 'report_shared' } }));
    await vi.waitFor(() => expect(me.value?.unread_notices).toBe(2));
  });

  test('costs one small request when there is nothing', async () => {
    await lookForNews();
    expect(log).toEqual(['/me']);
  });

  test('stays as it is without a network', async () => {
    serving(notice('1', '/a'));
    await lookForNews();
    serve({});
    comeBack();
    await new Promise((resolve) => setTimeout(resolve));
    expect(me.value?.unread_notices).toBe(1);
  });
});

describe('what was read elsewhere', () => {
  test('goes from this device: from the count, the icon and the screen', async () => {
    const [first, second] = [shows('/a'), shows('/b')];
    serving(notice('1', '/a'), notice('2', '/b'));
    await lookForNews();
    expect([first.close, second.close].map((one) => vi.mocked(one).mock.calls.length)).toEqual([0, 0]);
    notices = [notice('1', '/a', AT), notice('2', '/b')];
    await lookForNews();
    expect(first.close).toHaveBeenCalledOnce();
    expect(second.close).not.toHaveBeenCalled();
    notices = [notice('1', '/a', AT), notice('2', '/b', AT)];
    comeBack();
    await vi.waitFor(() => expect(second.close).toHaveBeenCalled());
    expect(me.value?.unread_notices).toBe(0);
    expect(clearAppBadge).toHaveBeenCalled();
  });

  test('does not take what came after the page was told that nothing is unread', async () => {
    serving(notice('1', '/a'));
    const a = shows('/a');
    await lookForNews(0);
    expect(a.close).not.toHaveBeenCalled();
    expect(me.value?.unread_notices).toBe(1);
  });

  test('does not take what came while that was asked', async () => {
    serving(notice('1', '/a', AT));
    shows('/a');
    const asking = lookForNews();
    await Promise.resolve();
    shown = [...shown];
    const late = shows('/new');
    await asking;
    expect(late.close).not.toHaveBeenCalled();
  });
});

describe('whoever goes where a notice leads', () => {
  test('has read it', async () => {
    const [here, other] = [shows('/rounds/1/students/2'), shows('/rounds/1/students/3')];
    serving(notice('1', '/rounds/1/students/2'), notice('2', '/rounds/1/students/3', AT));
    await lookForNews();
    go('/rounds/1/students/2');
    await vi.waitFor(() => expect(here.close).toHaveBeenCalled());
    expect(log).toContain('POST /notices/read');
    expect(other.close).toHaveBeenCalled();
    expect(me.value?.unread_notices).toBe(0);
  });

  test('has not while the app is in the background', async () => {
    serving(notice('1', '/a'));
    await lookForNews();
    visible = false;
    go('/a');
    expect(log).not.toContain('POST /notices/read');
  });

  test('reads it at the next look where that failed', async () => {
    serving(notice('1', '/a'));
    go('/a');
    const works = notices;
    const failing = serve({ '/me': { body: { unread_notices: 1 } }, '/notices': { body: works } });
    await lookForNews();
    await vi.waitFor(() => expect(failing).toContain('POST /notices/read'));
    serving(...works);
    await lookForNews();
    await vi.waitFor(() => expect(me.value?.unread_notices).toBe(0));
  });
});

test('reading all reads all', async () => {
  const one = shows('/a');
  serving(notice('1', '/a'), notice('2', '/b'));
  await lookForNews();
  await read(null);
  expect(one.close).toHaveBeenCalledOnce();
  expect(me.value?.unread_notices).toBe(0);
});
