import { fetchIcons } from '../components/icon';
import { settle } from './device';
import { watchInbox } from './inbox';
import { watchInstall } from './install';
import { watchKeyboard } from './keyboard';
import { resumePush } from './push';
import { startServiceWorker } from './service-worker';
import type { Me } from './session';

/** So long the first screen has the line and the processor to itself: a page that waits for its data only looks idle. */
const SETTLED_MS = 2_000;

/**
 * What the device adds to the page: room for its keyboard, and, once the first screen has settled, copies for the next start, what is
 * unread, the offline files and notices. Fetched after the first screen.
 */
export async function startDevice(person: Me | null): Promise<void> {
  watchKeyboard();
  void fetchIcons();
  if (import.meta.env.PROD) watchInstall();
  // Whoever was here before leaves nothing, not for a moment longer.
  if (person) await settle(person);
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  if (person) {
    watchInbox(person);
    const ahead = () => import('../features/rounds/ahead').then(({ keepAhead }) => keepAhead(person));
    // One after the other: on a slow phone the cards go on being rated meanwhile.
    await ahead().catch(() => undefined);
    addEventListener('online', () => void ahead().catch(() => undefined));
  }
  if (!import.meta.env.PROD) return;
  await startServiceWorker();
  await resumePush();
}
