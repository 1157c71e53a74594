/// <reference lib="webworker" />
import { texts } from 'virtual:push-messages';

declare const self: ServiceWorkerGlobalScope;

/** What the server sends: which kind of news, where it leads and in which language. Never a name, never content. */
interface Payload {
  kind?: string;
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

/** Shows a notification for every push, also for one we do not understand: phones drop subscriptions that stay silent. */
export async function onPush(event: PushEvent): Promise<void> {
  const { kind = 'other', url, tag, lang } = parse(event);
  const words = texts[lang === 'en' ? 'en' : 'nl'];
  await self.registration.showNotification(words[`push.${kind}.title`] ?? words['push.other.title'] ?? 'Driehoek', {
    body: words[`push.${kind}.body`] ?? words['push.other.body'] ?? '',
    tag: tag ?? kind,
    lang: lang === 'en' ? 'en' : 'nl',
    icon: '/icons/icon-192.png',
    badge: '/icons/badge-96.png',
    data: { url: ownAddress(url) },
  });
}

/** Leads to the page of the notification, in the window that is open already when there is one. */
export async function onNotificationClick(event: NotificationEvent): Promise<void> {
  event.notification.close();
  const url = ownAddress((event.notification.data as { url?: unknown } | null)?.url);
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const open = windows.find((client) => client.url === url) ?? windows[0];
  if (!open) {
    await self.clients.openWindow(url);
    return;
  }
  const focused = await open.focus();
  // The app goes there itself, so that what is being typed is stored first and no page is loaded again.
  if (focused.url !== url) focused.postMessage({ type: 'navigate', url });
}

interface SubscriptionChange extends ExtendableEvent {
  readonly oldSubscription?: PushSubscription | null;
}

/** The browser replaced the subscription: tell the server the new address, else pushes end without a word. */
export async function onSubscriptionChange(event: Event): Promise<void> {
  const old = (event as SubscriptionChange).oldSubscription;
  const key = old?.options.applicationServerKey ?? (await publicKey());
  if (!key) return;
  const fresh = await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  await fetch('/api/v1/push-subscriptions', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
    credentials: 'same-origin',
    body: JSON.stringify(fresh.toJSON()),
  });
}

async function publicKey(): Promise<string | null> {
  const response = await fetch('/api/v1/me', { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
  if (!response.ok) return null;
  const { vapid_public_key: key } = (await response.json()) as { vapid_public_key?: string | null };
  return key ?? null;
}
