import { api } from './api';
import { me } from './session';
import { signal } from './signals';

/**
 * `unknown` not asked the browser yet · `unsupported` this browser, or the school, has no push · `off` may be asked ·
 * `blocked` the person said no to the browser · `on` this device gets notices.
 */
export type PushState = 'unknown' | 'unsupported' | 'off' | 'blocked' | 'on';

const DROP_PATIENCE_MS = 4_000;

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

async function register(subscription: PushSubscription): Promise<void> {
  await api.post('/push-subscriptions', subscription.toJSON());
}

/**
 * Looks at what this device has, and tells the server again where it is: phones change or lose a subscription
 * without a word, so each start of the app repairs it. Never asks for permission.
 */
export async function resumePush(): Promise<void> {
  if (!supported()) {
    pushState.value = 'unsupported';
    if (me.value?.device === 'shared') await dropPush();
    return;
  }
  if (Notification.permission === 'denied') {
    pushState.value = 'blocked';
    return;
  }
  if (Notification.permission !== 'granted') {
    pushState.value = 'off';
    return;
  }
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.getSubscription();
  if (!subscription) {
    pushState.value = 'off';
    return;
  }
  pushState.value = 'on';
  await register(subscription);
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
  const key = keyBytes(publicKey);
  const { pushManager } = await navigator.serviceWorker.ready;
  let subscription = await pushManager.getSubscription();
  // A school that changed its key can no longer reach the old subscription.
  if (subscription && !sameKey(subscription, key)) {
    await subscription.unsubscribe();
    subscription = null;
  }
  subscription ??= await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  await register(subscription);
  return become('on');
}

/** No more notices on this device. */
export async function unsubscribe(): Promise<void> {
  const { pushManager } = await navigator.serviceWorker.ready;
  const subscription = await pushManager.getSubscription();
  if (subscription) {
    await api.del('/push-subscriptions', { endpoint: subscription.endpoint });
    await subscription.unsubscribe();
  }
  pushState.value = 'off';
}

/** The same at signing out, whether or not the server can be reached: it learns it from the push service at the latest. */
export async function dropPush(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  const subscription = await registration?.pushManager?.getSubscription();
  if (!subscription) return;
  const signal = AbortSignal.timeout(DROP_PATIENCE_MS);
  await Promise.allSettled([
    api.del('/push-subscriptions', { endpoint: subscription.endpoint }, { signal }),
    subscription.unsubscribe(),
  ]);
}
