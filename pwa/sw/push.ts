/// <reference lib="webworker" />
import { texts } from 'virtual:push-messages';
import { closeRead, showCount, type Told } from '../src/lib/shown';
import { SERVER_PATHS } from './caching';

declare const self: ServiceWorkerGlobalScope;

/** So long a page that came to the front may take to say that it goes to the place. */
const ANSWER_MS = 1_500;

/** What the server sends: which kind of news, how many, where it leads and in which language. Never a name, never content. */
interface Payload {
  kind?: string;
  n?: number;
  url?: string;
  tag?: string;
  lang?: string;
}

function parse(event: PushEvent): Payload {
  try {
    return (event.data?.json() ?? {}) as Payload;
  } catch {
    return {};
  }
}

/** An address inside this app; anything else leads to the start. */
function ownAddress(url: unknown): string {
  const target = new URL(typeof url === 'string' ? url : '/', self.location.origin);
  return target.origin === self.location.origin ? target.href : self.location.origin;
}

async function ask<T>(path: string): Promise<T> {
  const answer = await fetch(`/api/v1${path}`, { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.json() as Promise<T>;
}

/**
 * Shows a notification for every push, also for one we do not understand: phones drop subscriptions that stay silent. One
 * of the same tag takes the place of the one before.
 */
export async function onPush(event: PushEvent): Promise<void> {
  const { kind = 'other', n, url, tag = kind, lang } = parse(event);
  const words = texts[lang === 'en' ? 'en' : 'nl'];
  const say = (part: 'title' | 'body') => {
    const key = `push.${kind}.${part}`;
    const own = words[`${key}_${n === 1 ? 'one' : 'other'}`] ?? words[key];
    // A number that did not come is not made up.
    const text = n === undefined && own?.includes('{n}') ? undefined : own;
    return (text ?? words[`push.other.${part}`] ?? '').replace('{n}', String(n));
  };
  await self.registration.showNotification(say('title'), {
    body: say('body'),
    tag,
    lang: lang === 'en' ? 'en' : 'nl',
    icon: '/icons/icon-192.png',
    badge: '/icons/badge-96.png',
    data: { url: ownAddress(url) },
  });
  await Promise.allSettled([tellPages(kind), catchUp(tag)]);
}

/** Pages that are open hear of it at once. */
async function tellPages(kind: string): Promise<void> {
  for (const page of await self.clients.matchAll({ type: 'window' })) page.postMessage({ type: 'news', kind });
}

/** The app's icon counts what is unread, and what was read elsewhere meanwhile goes. */
async function catchUp(tag: string): Promise<void> {
  try {
    const others = (await self.registration.getNotifications()).filter((one) => one.tag !== tag);
    // Most phones show nothing else: for those a number is enough.
    const notices = others.length > 0 ? await ask<Told[]>('/notices') : null;
    if (notices) closeRead(others, notices);
    const unread = notices?.filter((notice) => notice.read_at === null).length;
    await showCount(unread ?? (await ask<{ unread_notices: number }>('/me')).unread_notices);
  } catch {
    // The session is over, or the line is gone again: how many there are cannot be known.
    await showCount();
  }
}

/** Leads to the page of the notification, in the window of the app that is open already when there is one. */
export async function onNotificationClick(event: NotificationEvent): Promise<void> {
  event.notification.close();
  const url = ownAddress((event.notification.data as { url?: unknown } | null)?.url);
  const windows = (await self.clients.matchAll({ type: 'window', includeUncontrolled: true })).filter(
    (client) => !SERVER_PATHS.some((path) => path.test(new URL(client.url).pathname)),
  );
  const open = windows.find((client) => client.url === url) ?? windows.find((client) => client.focused) ?? windows[0];
  if (!open || !(await bring(open, url))) await self.clients.openWindow(url);
}

/** Brings a window to the front and to the address; false when it cannot be done. */
async function bring(open: WindowClient, url: string): Promise<boolean> {
  const front = await open.focus().catch(() => null);
  if (!front) return false;
  // The app goes there itself, so that what is being typed is stored first and no page is loaded again. What a window says
  // of its address may be where it began, so it is told in any case.
  if (await goes(front, url)) return true;
  return front.navigate(url).then(
    () => true,
    () => false,
  );
}

/** Asks a page to go there; false when it does not answer: it is starting, or stuck. */
function goes(page: WindowClient, url: string): Promise<boolean> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ANSWER_MS);
    port1.onmessage = () => {
      clearTimeout(timer);
      resolve(true);
    };
    page.postMessage({ type: 'navigate', url }, [port2]);
  });
}

interface SubscriptionChange extends ExtendableEvent {
  readonly oldSubscription?: PushSubscription | null;
  readonly newSubscription?: PushSubscription | null;
}

/**
 * The browser replaced the subscription: tell the server the new address, else pushes end without a word. Where the session
 * is over it is there at least, and the next start of the app tells it.
 */
export async function onSubscriptionChange(event: Event): Promise<void> {
  const { oldSubscription, newSubscription } = event as SubscriptionChange;
  const me = await ask<{ vapid_public_key: string | null; device: string }>('/me').catch(() => null);
  // Nobody is told anything on a device that others use too.
  if (me?.device === 'shared') return;
  const key = me?.vapid_public_key ?? oldSubscription?.options.applicationServerKey;
  if (!key) return;
  const fresh =
    newSubscription ??
    (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  await fetch('/api/v1/push-subscriptions', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
    credentials: 'same-origin',
    body: JSON.stringify(fresh.toJSON()),
  });
}
