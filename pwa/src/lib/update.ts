import { signal } from './signals';

/** The newer version of the app that waits for permission, if any. */
export const waitingVersion = signal<ServiceWorker | null>(null);

/** Starts the newer version; the page loads again as soon as it is in charge. */
export function applyUpdate(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waitingVersion.value?.postMessage({ type: 'skip_waiting' });
}
