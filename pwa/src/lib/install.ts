import { me } from './session';
import { signal } from './signals';
import { forgetsInAWeek } from './stay';

interface InstallPrompt extends Event {
  prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>;
}

const HIDDEN = 'install-hint-hidden';
const WEEK_READ = 'week-warning-read';
const prompt = signal<InstallPrompt | null>(null);

/** How the app can get onto the home screen here: the browser asks, the person does it by hand (iOS), or not at all. */
export const installWay = signal<'prompt' | 'by_hand' | null>(null);

/**
 * This browser empties the site after a week without a visit; the home screen or the Dock saves it. Null where nothing
 * is at stake, or once it was read.
 */
export const weekWarning = signal<'by_hand' | 'dock' | null>(null);

/** Looks whether the app can be installed; the browser's own bar waits for our hint. */
export function watchInstall(): void {
  const byHand = 'standalone' in navigator;
  const installed =
    matchMedia('(display-mode: standalone)').matches || ('standalone' in navigator && navigator.standalone === true);
  if (me.peek()?.device === 'own' && forgetsInAWeek(navigator, installed) && !localStorage.getItem(WEEK_READ)) {
    weekWarning.value = byHand ? 'by_hand' : 'dock';
  }
  if (installed || localStorage.getItem(HIDDEN)) return;
  if (byHand) installWay.value = 'by_hand';
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    prompt.value = event as InstallPrompt;
    installWay.value = 'prompt';
  });
  addEventListener('appinstalled', () => {
    installWay.value = null;
  });
}

/** Lets the browser ask. */
export async function install(): Promise<void> {
  const outcome = await prompt.value?.prompt();
  prompt.value = null;
  if (outcome) installWay.value = null;
}

/** Not now, and not again on this device. */
export function hideInstallHint(): void {
  localStorage.setItem(HIDDEN, '1');
  installWay.value = null;
}

/** Read, and not again on this device. */
export function hideWeekHint(): void {
  localStorage.setItem(WEEK_READ, '1');
  weekWarning.value = null;
}
