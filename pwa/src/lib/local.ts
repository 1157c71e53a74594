import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb';
import type { Known, Step, Waiting } from './conflict';
import { wipeDrafts } from './drafts';

/** Who and what: person, round, group, student. The person comes first, so that nobody meets another's texts. */
export type Id = readonly [person: string, round: string, group: string, student: string];

export const idOf = (item: Pick<Waiting, 'person' | 'round' | 'group' | 'student'>): Id => [
  item.person,
  item.round,
  item.group,
  item.student,
];

/** Where waiting texts live. One change is one transaction: read, step, write; other tabs see all of it or nothing. */
export interface Store {
  waiting(person: string): Promise<Waiting[]>;
  known(person: string): Promise<[Id, Known][]>;
  change(id: Id, step: (item: Waiting | null, known: Known | null) => Step): Promise<Step>;
}

interface Page {
  value: unknown;
  /** Milliseconds since 1970 at which the server gave this answer. */
  at: number;
}

interface Schema extends DBSchema {
  waiting: { key: [string, string, string, string]; value: Waiting };
  known: { key: [string, string, string, string]; value: Known };
  pages: { key: [person: string, path: string]; value: Page };
}

export const DATABASE = 'driehoek';
let opened: Promise<IDBPDatabase<Schema>> | undefined;

/**
 * The device's database: waiting texts, what the server was last known to have, and the last answer of each page.
 *
 * @throws DOMException when the device refuses to store (private window, full disk).
 */
export function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>(DATABASE, 1, {
    upgrade: (db) => {
      db.createObjectStore('waiting');
      db.createObjectStore('known');
      db.createObjectStore('pages');
    },
    // A newer tab wants to upgrade or to wipe: let go, and open again at the next use.
    blocking: (_current, _wanted, event) => {
      (event.target as IDBDatabase | null)?.close();
      opened = undefined;
    },
    terminated: () => {
      opened = undefined;
    },
  });
  opened.catch(() => {
    opened = undefined;
  });
  return opened;
}

const key = (id: Id): [string, string, string, string] => [...id];
const allOf = (person: string) => IDBKeyRange.bound([person], [person, []]);

/** The store in the device's database. */
export const deviceStore: Store = {
  waiting: async (person) => (await database()).getAll('waiting', allOf(person)),
  known: async (person) => {
    const tx = (await database()).transaction('known');
    const [keys, values] = await Promise.all([
      tx.store.getAllKeys(allOf(person)),
      tx.store.getAll(allOf(person)),
      tx.done,
    ]);
    return keys.map((id, i): [Id, Known] => [id, values[i] as Known]);
  },
  change: async (id, step) => {
    const tx = (await database()).transaction(['waiting', 'known'], 'readwrite', { durability: 'strict' });
    const waiting = tx.objectStore('waiting');
    const known = tx.objectStore('known');
    const [before, facts] = await Promise.all([waiting.get(key(id)), known.get(key(id))]);
    const next = step(before ?? null, facts ?? null);
    await Promise.all([
      next.item ? waiting.put(next.item, key(id)) : waiting.delete(key(id)),
      next.known ? known.put(next.known, key(id)) : next.known === null && known.delete(key(id)),
      tx.done,
    ]);
    return next;
  },
};

/** The same in memory: for devices that refuse to store, and for tests. */
export class MemoryStore implements Store {
  private readonly items = new Map<string, Waiting>();
  private readonly facts = new Map<string, [Id, Known]>();

  constructor(items: Iterable<Waiting> = [], facts: Iterable<[Id, Known]> = []) {
    for (const item of items) this.items.set(idOf(item).join(), item);
    for (const fact of facts) this.facts.set(fact[0].join(), fact);
  }

  async waiting(person: string): Promise<Waiting[]> {
    return [...this.items.values()].filter((item) => item.person === person);
  }

  async known(person: string): Promise<[Id, Known][]> {
    return [...this.facts.values()].filter(([id]) => id[0] === person);
  }

  async change(id: Id, step: (item: Waiting | null, known: Known | null) => Step): Promise<Step> {
    const name = id.join();
    const next = step(this.items.get(name) ?? null, this.facts.get(name)?.[1] ?? null);
    if (next.item) this.items.set(name, next.item);
    else this.items.delete(name);
    if (next.known) this.facts.set(name, [id, next.known]);
    else if (next.known === null) this.facts.delete(name);
    return next;
  }
}

/** The last answer of a page that this person saw on this device. */
export async function keptPage<T>(person: string, path: string): Promise<{ value: T; at: number } | undefined> {
  try {
    return (await (await database()).get('pages', [person, path])) as { value: T; at: number } | undefined;
  } catch {
    return undefined;
  }
}

/** Keeps an answer for the next start without a network. A device that refuses loses only that. */
export async function keepPage(person: string, path: string, value: unknown, at = Date.now()): Promise<void> {
  try {
    await (await database()).put('pages', { value, at }, [person, path]);
  } catch {
    // The page is on the screen; only its copy for later is missing.
  }
}

/** Lets go of a page that this person may not see any more. */
export async function dropPage(person: string, path: string): Promise<void> {
  try {
    await (await database()).delete('pages', [person, path]);
  } catch {
    // A device that stores nothing has nothing to forget.
  }
}

/** Whose copies may stay: everybody else's pages and versions go. Texts that wait are never removed here. */
export async function forgetPages(except: string | null): Promise<void> {
  try {
    const tx = (await database()).transaction(['pages', 'known'], 'readwrite');
    for (const name of ['pages', 'known'] as const) {
      const store = tx.objectStore(name);
      for (const stored of await store.getAllKeys()) {
        if (stored[0] !== except && stored[0] !== '') await store.delete(stored as never);
      }
    }
    if (except === null) await tx.objectStore('pages').clear();
    await tx.done;
  } catch {
    // A device that stores nothing has nothing to forget.
  }
}

/** After signing out: nothing of anybody stays on this device, waiting texts included. Warn first when there are any. */
export async function wipeDevice(): Promise<void> {
  (await opened?.catch(() => undefined))?.close();
  opened = undefined;
  await Promise.all([deleteDB(DATABASE), wipeDrafts()]);
}
