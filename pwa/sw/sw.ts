/// <reference lib="webworker" />
import { SYNC } from '../src/lib/sync';
import { vaultHere } from '../src/lib/vault';
import { type Entry, precache } from './caching';
import { onNotificationClick, onPush, onSubscriptionChange } from './push';
import { onSync } from './sync';

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: Entry[] };

precache(self.__WB_MANIFEST);

self.addEventListener('push', (event) => {
  event.waitUntil(onPush(event));
  // A phone whose owner stays away still drops a key that lay idle.
  event.waitUntil(vaultHere().catch(() => undefined));
});
self.addEventListener('notificationclick', (event) => event.waitUntil(onNotificationClick(event)));
self.addEventListener('pushsubscriptionchange', (event) =>
  (event as ExtendableEvent).waitUntil(onSubscriptionChange(event)),
);

interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}
self.addEventListener('sync', (event) => {
  if ((event as SyncEvent).tag === SYNC) (event as SyncEvent).waitUntil(onSync());
});

// A new version waits until the person asks for it: a page in use never changes under one's hands.
self.addEventListener('message', (event) => {
  if ((event.data as { type?: string } | null)?.type === 'skip_waiting') void self.skipWaiting();
});
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
