import { fetchIcons } from '../components/icon';
import { settle } from './device';
import { watchInbox } from './inbox';
import { watchInstall } from './install';
import { watchKeyboard } from './keyboard';
import { resumePush } from './push';
import { startServiceWorker } from './service-worker';
import type { Me } from './session';

/**
 * What the device adds to the page: room for its keyboard, copies for the next start, what is unread, the home screen, the offline files
 * and notices. Fetched after the first screen.
 */
export async function startDevice(person: Me | null): Promise<void> {
  watchKeyboard();
  void fetchIcons();
  if (person) {
    await settle(person);
    watchInbox(person);
    const ahead = () => import('../features/rounds/ahead').then(({ keepAhead }) => keepAhead(person));
    void ahead().catch(() => undefined);
    addEventListener('online', () => void ahead().catch(() => undefined));
  }
  if (!import.meta.env.PROD) return;
  watchInstall();
  await startServiceWorker();
  await resumePush();
}
