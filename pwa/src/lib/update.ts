import { signal } from './signals';

/** The newer version of the app that waits for permission, if any. */
export const waitingVersion = signal<ServiceWorker | null>(null);

/** So long the newer version may take to be in charge by itself. */
const PATIENCE_MS = 2_000;

/**
 * Starts the newer version; the page loads again as soon as it is in charge. Chromium may leave the older one in charge
 * for minutes when it seems to have work; it lets go when the page does, so that loads again in any case.
 */
export function applyUpdate(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waitingVersion.value?.postMessage({ type: 'skip_waiting' });
  setTimeout(() => location.reload(), PATIENCE_MS);
}
