import type { Known, Waiting } from './conflict';
import { allOf, asked, inside } from './db';
import type { Id, Store } from './store';
import { type Sealed, seal, unseal, type Vault, vaultOf } from './vault';

const key = (id: Id): string[] => [...id];

/** All records of a person that open; those that do not stay where they are. */
async function opened<T>(place: 'waiting' | 'known', person: string): Promise<[Id, T][]> {
  const vault = await vaultOf(person);
  const [ids, sealed] = await inside(place, 'readonly', (at) =>
    Promise.all([
      asked(at(place).getAllKeys(allOf(person))) as Promise<unknown> as Promise<Id[]>,
      asked<Sealed[]>(at(place).getAll(allOf(person))),
    ]),
  );
  const values = await Promise.all(ids.map((id, i) => unseal<T>(vault, [place, ...id], sealed[i])));
  return ids.flatMap((id, i): [Id, T][] => {
    const value = values[i];
    return value ? [[id, value]] : [];
  });
}

const sameRecord = (a: Sealed | undefined, b: Sealed | undefined) => a?.iv.join() === b?.iv.join();

/**
 * The store in the device's database, sealed. Sealing cannot happen inside a transaction; so a change is laid down only
 * if what it was decided on still stands there, else it is decided again.
 */
export const deviceStore: Store = {
  waiting: async (person) => (await opened<Waiting>('waiting', person)).map(([, item]) => item),
  known: (person) => opened<Known>('known', person),
  change: async (id, step) => {
    const vault = await vaultOf(id[0]);
    const both = (at: (name: 'waiting' | 'known') => IDBObjectStore) =>
      Promise.all([
        asked<Sealed | undefined>(at('waiting').get(key(id))),
        asked<Sealed | undefined>(at('known').get(key(id))),
      ]);
    for (;;) {
      const [was, knew] = await inside(['waiting', 'known'], 'readonly', both);
      const item = (await unseal<Waiting>(vault, ['waiting', ...id], was)) ?? null;
      const next = step(item, (await unseal<Known>(vault, ['known', ...id], knew)) ?? null);
      if (next.item === item && next.known === undefined) return next;
      const waits = next.item && (await seal(vault, ['waiting', ...id], next.item));
      const knows = next.known && (await seal(vault, ['known', ...id], next.known));
      const done = await inside(['waiting', 'known', 'aside'], 'readwrite', async (at) => {
        const [is, knowing] = await both(at);
        if (!sameRecord(is, was) || !sameRecord(knowing, knew)) return false;
        // A text that does not open may yet be somebody's: it makes room, and stays.
        if (is && !item && waits) at('aside').add({ place: 'waiting', key: key(id), ...is });
        if (waits) at('waiting').put(waits, key(id));
        else if (item) at('waiting').delete(key(id));
        if (knows) at('known').put(knows, key(id));
        else if (next.known === null) at('known').delete(key(id));
        return true;
      });
      if (done) return next;
    }
  },
};

export interface Page<T> {
  value: T;
  /** Milliseconds since 1970 at which the server gave this answer. */
  at: number;
}

/** Where nothing may be kept, a page is remembered as long as the app is open. */
const memory = new Map<string, Page<unknown>>();

async function pageIn<T>(vault: Vault, path: string): Promise<Page<T> | undefined> {
  const sealed = await inside('pages', 'readonly', (at) =>
    asked<(Sealed & { at: number }) | undefined>(at('pages').get([vault.person, path])),
  );
  const value = await unseal<T>(vault, ['pages', vault.person, path], sealed);
  return value === undefined ? undefined : { value, at: sealed?.at ?? 0 };
}

/** Pages that are being read before anybody asked for them. */
const ahead = new Map<string, Promise<Page<unknown> | undefined>>();

/**
 * Reads what the first screen will ask for while it is still being found out who is here; it may be somebody else than
 * whom the vault is of.
 */
export function readAhead(vault: Vault, paths: readonly string[]): void {
  for (const path of paths) {
    ahead.set(
      vault.person + path,
      pageIn(vault, path).catch(() => undefined),
    );
  }
}

/** The last answer of a page that this person saw on this device. */
export async function keptPage<T>(person: string, path: string): Promise<Page<T> | undefined> {
  const coming = ahead.get(person + path);
  ahead.delete(person + path);
  if (coming) return coming as Promise<Page<T> | undefined>;
  // Something else is asked for first, or by somebody else.
  ahead.clear();
  try {
    return await pageIn<T>(await vaultOf(person), path);
  } catch {
    return memory.get(person + path) as Page<T> | undefined;
  }
}

/** Keeps an answer for the next start without a network. A device that refuses loses only that. */
export async function keepPage(person: string, path: string, value: unknown, now = Date.now()): Promise<void> {
  ahead.delete(person + path);
  try {
    const sealed = await seal(await vaultOf(person), ['pages', person, path], value);
    await inside('pages', 'readwrite', (at) => asked(at('pages').put({ ...sealed, at: now }, [person, path])));
  } catch {
    memory.set(person + path, { value, at: now });
  }
}

/** Lets go of a page that this person may not see any more. */
export async function dropPage(person: string, path: string): Promise<void> {
  ahead.delete(person + path);
  memory.delete(person + path);
  try {
    await inside('pages', 'readwrite', (at) => asked(at('pages').delete([person, path])));
  } catch {
    // A device that stores nothing has nothing to forget.
  }
}
