import { signal } from '@preact/signals';

interface InstallPrompt extends Event {
  prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>;
}

const HIDDEN = 'install-hint-hidden';
const prompt = signal<InstallPrompt | null>(null);

/** How the app can get onto the home screen here: the browser asks, the person does it by hand (iOS), or not at all. */
export const installWay = signal<'prompt' | 'by_hand' | null>(null);

/** Looks whether the app can be installed; the browser's own bar waits for our hint. */
export function watchInstall(): void {
  const installed =
    matchMedia('(display-mode: standalone)').matches || ('standalone' in navigator && navigator.standalone === true);
  if (installed || localStorage.getItem(HIDDEN)) return;
  if ('standalone' in navigator) installWay.value = 'by_hand';
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
