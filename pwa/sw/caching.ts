/// <reference lib="webworker" />
import { createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';

/** Paths that belong to the server alone; a cached page must never answer for them. */
export const SERVER_PATHS = [
  /^\/api\//,
  /^\/auth\//,
  /^\/sign-in/,
  /^\/s\//,
  /^\/login/,
  /^\/i(\/|$)/,
  /^\/admin\/letters/,
  /^\/sign-out/,
  /^\/schema/,
  /^\/health\//,
  /^\/metrics/,
  /^\/mail/,
  /^\/demo/,
  /^\/operator/,
  /^\/unsubscribe\//,
  /^\/school\//,
];

declare const self: ServiceWorkerGlobalScope;

export interface Entry {
  url: string;
  revision: string | null;
  /** Not everybody needs it: kept from its first use on. Which files these are stands in vite.config.ts. */
  later?: boolean;
}

const LATER = 'driehoek-later';

/** A short name for a list of files: the shell names these files, so it is renewed when one of them changes. */
export function revisionOf(entries: readonly Entry[]): string {
  let hash = 0x811c9dc5;
  for (const { url, revision } of entries) {
    for (const char of `${url}@${revision};`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  }
  return (hash >>> 0).toString(36);
}

/** "/assets/plan-page-CMy3k2bV.js" is plan-page.js, whichever version. */
function plainName(path: string): string {
  return path.replace(/-[\w-]{8}(\.\w+)$/, '$1');
}

/** The files of this version that take the place of those that were used in the one before. */
export function successors(used: readonly string[], offered: ReadonlySet<string>): string[] {
  const names = new Set(used.map(plainName));
  return [...offered].filter((path) => names.has(plainName(path)));
}

const pathOf = (request: Request | string) =>
  new URL(typeof request === 'string' ? request : request.url, self.location.origin).pathname;

/** Files that are kept from their first use on, and stay usable without a network after an update. */
class Later {
  constructor(private readonly offered: ReadonlySet<string>) {}

  has(path: string): boolean {
    return this.offered.has(path);
  }

  async answer(request: Request): Promise<Response> {
    const cache = await caches.open(LATER);
    const kept = await cache.match(request.url, { ignoreVary: true });
    if (kept) return kept;
    const fresh = await fetch(request);
    if (fresh.ok) await cache.put(request.url, fresh.clone());
    return fresh;
  }

  /** Keeps those of these files that are not here yet. */
  async keep(paths: readonly string[]): Promise<void> {
    const cache = await caches.open(LATER);
    const kept = new Set((await cache.keys()).map(pathOf));
    await cache.addAll([...new Set(paths)].filter((path) => this.has(path) && !kept.has(path)));
  }

  /** This version keeps what the one before did; without it, the older one stays in charge. */
  async takeOver(): Promise<void> {
    const cache = await caches.open(LATER);
    await this.keep(successors((await cache.keys()).map(pathOf), this.offered));
  }

  async forgetOlder(): Promise<void> {
    const cache = await caches.open(LATER);
    const old = (await cache.keys()).filter((request) => !this.has(pathOf(request)));
    await Promise.all(old.map((request) => cache.delete(request)));
  }
}

/**
 * Keeps the app's own files (never an answer with personal data) and answers page visits with the stored shell.
 * Everything else goes to the network untouched.
 */
export function precache(entries: readonly Entry[]): void {
  const first = entries.filter((entry) => !entry.later);
  const later = new Later(new Set(entries.filter((entry) => entry.later).map((entry) => pathOf(entry.url))));
  const revision = revisionOf(entries);
  precacheAndRoute(first.map((entry) => (entry.url === '/app-shell' ? { ...entry, revision } : entry)));
  registerRoute(
    ({ url, sameOrigin }) => sameOrigin && later.has(url.pathname),
    ({ request }) => later.answer(request),
  );
  registerRoute(new NavigationRoute(createHandlerBoundToURL('/app-shell'), { denylist: SERVER_PATHS }));

  self.addEventListener('install', (event) => event.waitUntil(later.takeOver()));
  self.addEventListener('activate', (event) => event.waitUntil(later.forgetOlder()));
  // The first page was loaded before there was a service worker: it tells what it used.
  self.addEventListener('message', (event) => {
    const data = event.data as { type?: string; urls?: readonly string[] } | null;
    if (data?.type === 'used' && data.urls) event.waitUntil(later.keep(data.urls.map(pathOf)));
  });
}
