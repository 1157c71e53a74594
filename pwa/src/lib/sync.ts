/** Names shared by pages and service worker. */

/** Tells that a person's waiting texts changed; the message is the person's id. */
export const CHANNEL = 'driehoek-outbox';

/** Tag of the Background Sync that sends them. */
export const SYNC = 'driehoek-outbox';
