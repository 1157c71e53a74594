import 'fake-indexeddb/auto';
import { setTransport } from '../src/lib/api';
import { asked, closeDatabase, DATABASE, inside, type Place } from '../src/lib/db';
import { deriveKey } from '../src/lib/device-key';
import type { Me } from '../src/lib/session';
import { hold, type Vault } from '../src/lib/vault';

export const DAY_MS = 24 * 60 * 60 * 1000;
const PLACES: Place[] = ['keys', 'waiting', 'known', 'pages', 'drafts', 'aside'];

/** The secret that the server keeps for a person. */
export const secretOf = (person: string) => btoa(`${person} `.padEnd(32, '#')).replace(/=+$/, '');

export async function vaultFor(person: string, used_at = Date.now()): Promise<Vault> {
  return { person, key: await deriveKey(person, secretOf(person)), used_at };
}

/** This person signed in here: their key is on the phone, in place of anybody else's. */
export async function signInHere(person: string, used_at = Date.now()): Promise<Vault> {
  const vault = await vaultFor(person, used_at);
  await inside('keys', 'readwrite', (at) => {
    at('keys').clear();
    at('keys').put(vault, person);
  });
  hold(person, Promise.resolve(vault));
  return vault;
}

/** The page is loaded again: what it had in memory is gone. */
export function forgetPage(): void {
  hold('nobody', Promise.reject(new Error('No key')));
}

/** A phone fresh from the shop. */
export async function freshPhone(): Promise<void> {
  forgetPage();
  await closeDatabase();
  await asked(indexedDB.deleteDatabase(DATABASE));
  localStorage.clear();
}

/** Everything that stands in the database, as somebody with the phone in hands could read it. */
export async function everything(): Promise<Record<string, [IDBValidKey, Record<string, unknown>][]>> {
  const found = await Promise.all(
    PLACES.map(async (name) => {
      const [keys, values] = await inside(name, 'readonly', (at) =>
        Promise.all([asked(at(name).getAllKeys()), asked(at(name).getAll())]),
      );
      return [name, keys.map((key, i) => [key, values[i]])] as const;
    }),
  );
  return Object.fromEntries(found) as never;
}

/** How many records stand where; places without any are left out. */
export async function counts(): Promise<Record<string, number>> {
  const all = Object.entries(await everything()).map(([name, records]) => [name, records.length] as const);
  return Object.fromEntries(all.filter(([, n]) => n > 0));
}

/** Every byte of a value as text, so that a word can be looked for in it. */
export function bytesOf(value: unknown): string {
  if (value instanceof ArrayBuffer) return new TextDecoder('latin1').decode(value);
  if (ArrayBuffer.isView(value)) return new TextDecoder('latin1').decode(value);
  if (Array.isArray(value)) return value.map(bytesOf).join();
  if (value && typeof value === 'object')
    return Object.entries(value)
      .map(([k, v]) => `${k}:${bytesOf(v)}`)
      .join();
  return String(value);
}

/** Somebody as `/me` tells it. */
export const person = (id: string, more: Partial<Me> = {}): Me => ({
  id,
  name: id,
  given_name: id,
  initials: 'X',
  school: { id: 's', name: 'School', slug: 'school' },
  roles: [],
  language: 'nl',
  theme: 'auto',
  navigation: [],
  vapid_public_key: null,
  unread_notices: 0,
  mode: 'test',
  device: 'own',
  ...more,
});

type Answer = { status?: number; body?: unknown };

/** A server of a few paths; whatever else is asked is not there. Answers with the list of what was asked. */
export function serve(paths: Record<string, Answer | (() => Answer)>): string[] {
  const log: string[] = [];
  setTransport(async ({ method, url }) => {
    const path = new URL(url).pathname.replace('/api/v1', '');
    log.push(method === 'GET' ? path : `${method} ${path}`);
    const found = paths[path];
    const { status = found ? 200 : 404, body = {} } = (typeof found === 'function' ? found() : found) ?? {};
    return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
  });
  return log;
}

/** No network. */
export function cutOff(): void {
  setTransport(() => Promise.reject(new TypeError('no network')));
}
