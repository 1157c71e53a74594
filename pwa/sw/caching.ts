/// <reference lib="webworker" />
import { createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';

/** Paths that belong to the server alone; a cached page must never answer for them. */
export const SERVER_PATHS = [
  /^\/api\//,
  /^\/auth\//,
  /^\/sign-in/,
  /^\/login/,
  /^\/sign-out/,
  /^\/schema/,
  /^\/health\//,
  /^\/metrics/,
  /^\/mail/,
  /^\/demo/,
];

interface Entry {
  url: string;
  revision: string | null;
}

/** A short name for a list of files: the shell names these files, so it is renewed when one of them changes. */
export function revisionOf(entries: readonly Entry[]): string {
  let hash = 0x811c9dc5;
  for (const { url, revision } of entries) {
    for (const char of `${url}@${revision};`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  }
  return (hash >>> 0).toString(36);
}

/**
 * Keeps the app's own files (never an answer with personal data) and answers page visits with the stored shell.
 * Everything else goes to the network untouched.
 */
export function precache(entries: readonly Entry[]): void {
  const revision = revisionOf(entries);
  precacheAndRoute(entries.map((entry) => (entry.url === '/app-shell' ? { ...entry, revision } : entry)));
  registerRoute(new NavigationRoute(createHandlerBoundToURL('/app-shell'), { denylist: SERVER_PATHS }));
}
