import { fetchIcons } from '../components/icon';
import { watchInstall } from './install';
import { resumePush } from './push';
import { startServiceWorker } from './service-worker';

/** What the device adds to the page: the home screen, the offline copy and notices. Fetched after the first screen. */
export async function startDevice(): Promise<void> {
  void fetchIcons();
  watchInstall();
  await startServiceWorker();
  await resumePush();
}
