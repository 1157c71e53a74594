import { afterEach, describe, expect, it, vi } from 'vitest';
import { startServiceWorker } from '../src/lib/service-worker';
import { applyUpdate, waitingVersion } from '../src/lib/update';

const worker = (state: string) =>
  Object.assign(new EventTarget(), { state, postMessage: (_: unknown) => undefined as unknown });

/** A browser with a service worker in charge; what registering answers is given. */
function browserWith(registration: EventTarget): EventTarget {
  const active = worker('activated');
  const container = Object.assign(new EventTarget(), {
    controller: active,
    register: async () => registration,
    ready: Promise.resolve({ active }),
  });
  vi.stubGlobal('navigator', Object.create(navigator, { serviceWorker: { value: container } }));
  return container;
}

afterEach(() => {
  waitingVersion.value = null;
  vi.unstubAllGlobals();
});

describe('a newer version is offered', () => {
  it('when it waited before this page came', async () => {
    const newer = worker('installed');
    browserWith(Object.assign(new EventTarget(), { waiting: newer, installing: null }));
    await startServiceWorker();
    expect(waitingVersion.value).toBe(newer);
  });

  it('when it is found and installed while the page is open', async () => {
    const newer = worker('installing');
    const registration = Object.assign(new EventTarget(), { waiting: null as unknown, installing: newer as unknown });
    browserWith(registration);
    await startServiceWorker();
    registration.dispatchEvent(new Event('updatefound'));
    expect(waitingVersion.value).toBeNull();
    Object.assign(registration, { waiting: newer, installing: null });
    newer.dispatchEvent(new Event('statechange'));
    expect(waitingVersion.value).toBe(newer);
  });

  it('when it was being installed already', async () => {
    const newer = worker('installing');
    const registration = Object.assign(new EventTarget(), { waiting: null as unknown, installing: newer as unknown });
    browserWith(registration);
    await startServiceWorker();
    Object.assign(registration, { waiting: newer, installing: null });
    newer.dispatchEvent(new Event('statechange'));
    expect(waitingVersion.value).toBe(newer);
  });

  it('when it is installed sooner than the page hears of it', async () => {
    const newer = worker('installed');
    const registration = Object.assign(new EventTarget(), { waiting: null as unknown, installing: null });
    browserWith(registration);
    await startServiceWorker();
    registration.waiting = newer;
    registration.dispatchEvent(new Event('updatefound'));
    expect(waitingVersion.value).toBe(newer);
  });
});

describe('the page loads again', () => {
  const asked = () => {
    vi.useFakeTimers();
    const reload = vi.fn();
    vi.stubGlobal('location', { reload });
    return reload;
  };
  afterEach(() => void vi.useRealTimers());

  it('when the newer version is in charge, which it was asked to be', () => {
    const container = browserWith(new EventTarget());
    const newer = worker('installed');
    newer.postMessage = vi.fn();
    waitingVersion.value = newer as unknown as ServiceWorker;
    const reload = asked();
    applyUpdate();
    expect(newer.postMessage).toHaveBeenCalledWith({ type: 'skip_waiting' });
    expect(reload).not.toHaveBeenCalled();
    container.dispatchEvent(new Event('controllerchange'));
    expect(reload).toHaveBeenCalledOnce();
  });

  it('also when the browser keeps the older one in charge', () => {
    browserWith(new EventTarget());
    const reload = asked();
    applyUpdate();
    vi.runAllTimers();
    expect(reload).toHaveBeenCalledOnce();
  });
});

describe('a chunk that does not come', () => {
  /** The page as it is with or without a line; what `vite:preloadError` does to it. */
  async function missing(onLine: boolean) {
    const registration = Object.assign(new EventTarget(), { waiting: null, installing: null });
    browserWith(registration);
    vi.stubGlobal('navigator', Object.create(navigator, { onLine: { value: onLine } }));
    const reload = vi.fn();
    vi.stubGlobal('location', { reload });
    await startServiceWorker();
    const event = new Event('vite:preloadError', { cancelable: true });
    dispatchEvent(event);
    return { reload, kept: event.defaultPrevented };
  }
  afterEach(() => sessionStorage.clear());

  it('loads the page again where another version may have taken over, and once only', async () => {
    const first = await missing(true);
    expect(first).toMatchObject({ kept: true });
    expect(first.reload).toHaveBeenCalledOnce();
    dispatchEvent(new Event('vite:preloadError', { cancelable: true }));
    expect(first.reload).toHaveBeenCalledOnce();
  });

  it('loads nothing without a line: the page would not come back', async () => {
    const { reload, kept } = await missing(false);
    expect(kept).toBe(false);
    expect(reload).not.toHaveBeenCalled();
  });
});
