import { go } from './navigate';
import { waitingVersion } from './update';

const RELOADED = 'reloaded-for-chunk';
const CHECK_EVERY_MS = 30 * 60 * 1000;

/** Registers the service worker, listens for newer versions, and follows a tap on a notification. */
export async function startServiceWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  // Another window took the new version: chunks of this one may be gone. Load again, once.
  addEventListener('vite:preloadError', (event) => {
    // Without a line the chunk is just not here, and the page would not come back.
    if (!navigator.onLine || sessionStorage.getItem(RELOADED)) return;
    sessionStorage.setItem(RELOADED, '1');
    event.preventDefault();
    location.reload();
  });
  navigator.serviceWorker.addEventListener(
    'message',
    ({ data, ports }: MessageEvent<{ type?: string; url?: string } | null>) => {
      if (data?.type !== 'navigate' || !data.url) return;
      const url = new URL(data.url, location.origin);
      if (url.origin !== location.origin) return;
      if (url.href !== location.href) go(url.pathname + url.search + url.hash);
      // A page that says nothing is loaded anew.
      ports[0]?.postMessage(true);
    },
  );
  const registration = await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' });
  // What this page uses is kept for the next start without a network, also what came before the service worker.
  void navigator.serviceWorker.ready.then(({ active }) => {
    active?.postMessage({ type: 'used', urls: performance.getEntriesByType('resource').map(({ name }) => name) });
  });
  // The first version needs no permission: nothing older is in use.
  const offer = () => {
    if (registration.waiting && navigator.serviceWorker.controller) waitingVersion.value = registration.waiting;
  };
  // One that is quick may have been installed before this page hears that it was found.
  const watch = () => {
    offer();
    registration.installing?.addEventListener('statechange', offer);
  };
  watch();
  registration.addEventListener('updatefound', watch);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && Date.now() - checked > CHECK_EVERY_MS) {
      checked = Date.now();
      void registration.update().catch(() => undefined);
    }
  });
}

let checked = Date.now();
