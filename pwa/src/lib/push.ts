import { api } from './api';
import { me } from './session';
import { showCount } from './shown';
import { signal } from './signals';

/**
 * `unknown` not asked the browser yet · `unsupported` this browser, or the school, has no push · `off` may be asked ·
 * `blocked` the person said no to the browser · `on` this device gets notices.
 */
export type PushState = 'unknown' | 'unsupported' | 'off' | 'blocked' | 'on';

const DROP_PATIENCE_MS = 4_000;
/** In localStorage: who wanted notices on this device. */
const WANTED = 'push-of';

export const pushState = signal<PushState>('unknown');

function supported(): boolean {
  return (
    'serviceWorker' in navigator &&
    'PushManager' in globalThis &&
    'Notification' in globalThis &&
    // Whoever holds a shared device next should not be told that there is news for somebody else.
    me.value?.device !== 'shared' &&
    !!me.value?.vapid_public_key
  );
}

function keyBytes(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

function sameKey(subscription: PushSubscription, key: Uint8Array): boolean {
  const used = subscription.options.applicationServerKey;
  if (!used) return true;
  const bytes = new Uint8Array(used);
  return bytes.length === key.length && bytes.every((byte, i) => byte === key[i]);
}

function become(state: PushState): PushState {
  pushState.value = state;
  return state;
}

/** Ends a subscription here and at the server, as far as either can be reached. */
async function end(subscription: PushSubscription): Promise<void> {
  const signal = AbortSignal.timeout(DROP_PATIENCE_MS);
  await Promise.allSettled([
    api.del('/push-subscriptions', { endpoint: subscription.endpoint }, { signal }),
    subscription.unsubscribe(),
  ]);
}

/** Subscribes this device for who is here, anew where it must, and tells the server where it is. */
async function hold(found: PushSubscription | null, publicKey: string): Promise<PushState> {
  const key = keyBytes(publicKey);
  let subscription = found;
  // A school that changed its key can no longer reach the old subscription.
  if (subscription && !sameKey(subscription, key)) {
    await end(subscription);
    subscription = null;
  }
  const { pushManager } = await navigator.serviceWorker.ready;
  subscription ??= await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  await api.post('/push-subscriptions', subscription.toJSON());
  localStorage.setItem(WANTED, me.peek()?.id ?? '');
  return become('on');
}

/**
 * Looks at what this device has, and tells the server again where it is: phones change or lose a subscription
 * without a word, so each start of the app repairs it. Never asks for permission.
 */
export async function resumePush(): Promise<void> {
  const person = me.value;
  if (!supported() || !person?.vapid_public_key) {
    become('unsupported');
    if (person?.device === 'shared') await dropPush();
    return;
  }
  if (Notification.permission !== 'granted') {
    become(Notification.permission === 'denied' ? 'blocked' : 'off');
    return;
  }
  const registration = await navigator.serviceWorker.ready;
  const found = await registration.pushManager.getSubscription();
  const wanted = localStorage.getItem(WANTED);
  become(found && (wanted ?? person.id) === person.id ? 'on' : 'off');
  // Somebody else wanted them here, and is here no more.
  if (found && pushState.value === 'off') await end(found);
  else if (found || wanted === person.id) await hold(found, person.vapid_public_key);
}

/**
 * Asks the browser and subscribes this device. Call it only from a tap, after a reason was shown.
 *
 * @throws ApiProblem, ConnectionLost when the server did not take it; DOMException when the push service refused.
 */
export async function subscribe(): Promise<PushState> {
  const publicKey = me.value?.vapid_public_key;
  if (!supported() || !publicKey) return become('unsupported');
  const permission = await Notification.requestPermission();
  if (permission !== 'granted') return become(permission === 'denied' ? 'blocked' : 'off');
  const { pushManager } = await navigator.serviceWorker.ready;
  return hold(await pushManager.getSubscription(), publicKey);
}

/**
 * Lets the server send something to this device, as it sends notices.
 *
 * @throws ApiProblem, ConnectionLost when the server did not take it; DOMException when the push service refused.
 */
export async function sendTest(): Promise<void> {
  await resumePush();
  const { pushManager } = await navigator.serviceWorker.ready;
  const subscription = await pushManager.getSubscription();
  await api.post('/notices/test', { endpoint: subscription?.endpoint ?? '' });
}

/** No more notices on this device. */
export async function unsubscribe(): Promise<void> {
  const { pushManager } = await navigator.serviceWorker.ready;
  const subscription = await pushManager.getSubscription();
  if (subscription) {
    await api.del('/push-subscriptions', { endpoint: subscription.endpoint });
    await subscription.unsubscribe();
  }
  localStorage.removeItem(WANTED);
  become('off');
}

/**
 * The same at signing out, whether or not the server can be reached: it learns it from the push service at the latest. What
 * was told here goes from the screen too.
 */
export async function dropPush(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  await showCount(0);
  for (const one of (await registration?.getNotifications?.()) ?? []) one.close();
  const subscription = await registration?.pushManager?.getSubscription();
  if (subscription) await end(subscription);
}
