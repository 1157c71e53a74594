import { beforeEach, describe, expect, test, vi } from 'vitest';

const showNotification = vi.fn();
const openWindow = vi.fn();
let windows: { url: string; focus: () => Promise<unknown>; postMessage: (data: unknown) => void }[] = [];
vi.stubGlobal('self', {
  location: { origin: 'https://driehoek.test' },
  registration: { showNotification },
  clients: { matchAll: async () => windows, openWindow },
});

const { onNotificationClick, onPush } = await import('../sw/push');
const push = (json: () => unknown) => onPush({ data: { json } } as never);
const click = (url: string) =>
  onNotificationClick({ notification: { close: () => undefined, data: { url } } } as never);

beforeEach(() => {
  windows = [];
  vi.clearAllMocks();
});

describe('a push', () => {
  test('shows a fixed text in the language of the reader', async () => {
    await push(() => ({ kind: 'report_shared', url: '/rounds/1/students/2', tag: 'r1', lang: 'en' }));
    expect(showNotification).toHaveBeenCalledWith(
      'Your feedback is ready',
      expect.objectContaining({ tag: 'r1', data: { url: 'https://driehoek.test/rounds/1/students/2' } }),
    );
  });

  test.each([
    ['of an unknown kind', () => ({ kind: 'brand_new' })],
    ['that is damaged', () => JSON.parse('{')],
  ])('%s still shows something: phones drop a subscription that stays silent', async (_what, json) => {
    await push(json);
    expect(showNotification).toHaveBeenCalledWith('Nieuws in Driehoek', expect.anything());
  });

  test('never leads to another site', async () => {
    await push(() => ({ kind: 'report_shared', url: 'https://elsewhere.test/x' }));
    expect(showNotification.mock.calls[0]?.[1].data.url).toBe('https://driehoek.test');
  });
});

describe('a tap on a notification', () => {
  test('goes on in the window that is open', async () => {
    const postMessage = vi.fn();
    const page = { url: 'https://driehoek.test/rounds', focus: async () => page, postMessage };
    windows = [page];
    await click('https://driehoek.test/reports');
    expect(postMessage).toHaveBeenCalledWith({ type: 'navigate', url: 'https://driehoek.test/reports' });
    expect(openWindow).not.toHaveBeenCalled();
  });

  test('opens a window when there is none', async () => {
    await click('https://driehoek.test/reports');
    expect(openWindow).toHaveBeenCalledWith('https://driehoek.test/reports');
  });
});
