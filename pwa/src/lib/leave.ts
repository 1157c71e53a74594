import { wipeDevice } from './device';
import { outboxOf } from './my-outbox';
import { OWED } from './own-device';
import { dropPush } from './push';
import { type Me, me } from './session';

const PATIENCE_MS = 8_000;
/** Says nothing about anybody, and the next one wants to read the sign-in page too. */
const STAYS = ['language'];

/**
 * Ends the session at the server; where to go now: the sign-in page, or where one signs out of the school's account too. Null
 * when the server could not be reached, and then this device owes it.
 */
export async function endSession(): Promise<string | null> {
  localStorage.setItem(OWED, '1');
  try {
    const answer = await fetch('/auth/sign-out', {
      method: 'POST',
      headers: { Accept: 'application/json' },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (!answer.ok) return null;
    localStorage.removeItem(OWED);
    const { location: there } = (await answer.json().catch(() => ({}))) as { location?: string };
    return there && /^(https?:\/\/|\/)/.test(there) ? there : '/sign-in';
  } catch {
    return null;
  }
}

/** Signing out did not reach the server the last time: before anything else it does so now. */
export async function payDebt(): Promise<void> {
  const there = await endSession();
  if (there === null) return;
  location.replace(there);
  await new Promise(() => undefined);
}

/** Forgets the app's own files as well; the next visit fetches them again. */
async function forgetFiles(): Promise<void> {
  for (const name of (await globalThis.caches?.keys()) ?? []) await caches.delete(name);
  for (const one of (await navigator.serviceWorker?.getRegistrations()) ?? []) await one.unregister();
}

function forgetSettings(): void {
  for (const name of Object.keys(localStorage)) if (!STAYS.includes(name)) localStorage.removeItem(name);
  sessionStorage.clear();
}

/**
 * Signs out and empties this device; texts that wait are gone, so ask first. Without a network the device is emptied
 * all the same, the app shows that, and the session ends at the server as soon as it can be reached from here.
 */
export async function leave({ id, navigation }: Me): Promise<void> {
  // What was let go is not sent after all.
  if (navigation.includes('rounds')) outboxOf(id).close();
  await dropPush().catch(() => undefined);
  await wipeDevice(id);
  await forgetFiles().catch(() => undefined);
  forgetSettings();
  const there = await endSession();
  if (there === null) me.value = null;
  else location.replace(there);
}
