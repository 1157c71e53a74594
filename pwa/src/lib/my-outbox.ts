import { whenIdle } from './idle';
import { deviceStore } from './local';
import { Outbox } from './outbox';
import { me, signedOut } from './session';
import { effect } from './signals';
import { CHANNEL, SYNC } from './sync';

let mine: Outbox | undefined;
let listening = false;

const others = 'BroadcastChannel' in globalThis ? new BroadcastChannel(CHANNEL) : undefined;
others?.addEventListener('message', ({ data }) => {
  if (data === mine?.person) void mine?.look();
});

/** The outbox of the person who is signed in. Another person gets another one and never meets the first one's texts. */
export function outboxOf(person: string): Outbox {
  if (mine?.person === person) return mine;
  mine?.close();
  mine = new Outbox({
    person,
    store: deviceStore,
    sending: () => import('./my-sender'),
    changed: () => others?.postMessage(person),
  });
  const opened = mine;
  void opened.open().then(() => {
    // The first card goes first.
    whenIdle(() => void opened.drain());
  });
  return opened;
}

interface SyncRegistration extends ServiceWorkerRegistration {
  sync?: { register(tag: string): Promise<void> };
}

/** Asks the browser to wake the service worker when there is a line, also when no page is open then (Chromium). */
export async function askSync(): Promise<void> {
  if (!mine?.items.peek().size || mine.memoryOnly.peek()) return;
  const registration = (await navigator.serviceWorker?.getRegistration()) as SyncRegistration | undefined;
  // Without it, or without leave: the next start sends.
  await registration?.sync?.register(SYNC).catch(() => undefined);
}

/** Sends what an earlier visit left, and goes on whenever there is a chance: at the start, online, visible, signed in. */
export function startOutbox(): void {
  if (listening) return;
  listening = true;
  addEventListener('online', () => {
    // What was rated a moment ago goes along with the rest of its group, not in a request of its own after it.
    mine?.flush();
    void mine?.resume();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') {
      void mine?.resume();
      return;
    }
    // The page may be gone in a moment: nothing waits for more typing, and the service worker may finish it.
    mine?.flush();
    void askSync();
  });
  effect(() => {
    const person = me.value?.id;
    const over = signedOut.value;
    if (!person || over) return;
    const box = outboxOf(person);
    if (box.signedOut.peek()) void box.resume();
  });
}
