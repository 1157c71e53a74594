/** The places of the device's database. Every record key starts with the person; `aside` has keys of its own. */
export type Place = 'keys' | 'waiting' | 'known' | 'pages' | 'drafts' | 'aside';

export const DATABASE = 'driehoek';
const PLACES: readonly Place[] = ['keys', 'waiting', 'known', 'pages', 'drafts', 'aside'];
let opened: Promise<IDBDatabase> | undefined;
/** Stops each transaction that still has something to ask. */
const unfinished = new Set<() => void>();
let away = false;

/**
 * A page that is left may live on, asleep, so that *back* is quick. Asleep it finishes no transaction, and in WebKit every
 * later page of this device waits for those without end (docs/decisions/0004-offline.md).
 */
addEventListener('pagehide', () => {
  away = true;
  void closeDatabase();
  for (const stop of unfinished) stop();
});
addEventListener('pageshow', () => {
  away = false;
});

/** What a request answers. */
export function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function open(): Promise<IDBDatabase> {
  if (away) await new Promise((back) => addEventListener('pageshow', back, { once: true }));
  const request = indexedDB.open(DATABASE, 2);
  request.onupgradeneeded = () => {
    for (const name of PLACES) request.result.createObjectStore(name, { autoIncrement: name === 'aside' });
    request.transaction?.commit();
  };
  const db = await asked(request);
  // A newer tab wants to upgrade or to wipe: let go, and open again at the next use.
  db.onversionchange = () => void closeDatabase();
  db.onclose = () => {
    opened = undefined;
  };
  return db;
}

/** Lets go of the connection; the next use opens another one. */
export async function closeDatabase(): Promise<void> {
  const closing = opened;
  opened = undefined;
  (await closing?.catch(() => undefined))?.close();
}

/**
 * One transaction: what `work` asks is done altogether or not at all. Between its requests `work` waits for nothing else,
 * and it throws nothing of its own. A page that is left in the midst of it does it again, all of it, when it comes back;
 * if it never does, the promise stays open.
 *
 * @throws DOMException when the device refuses to store (private window, full disk).
 */
export async function inside<T>(
  names: Place | Place[],
  mode: IDBTransactionMode,
  work: (at: (name: Place) => IDBObjectStore) => T | Promise<T>,
): Promise<T> {
  opened ??= open().catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  const tx = (await opened).transaction(names, mode, { durability: 'strict' });
  let stopped = false;
  const stop = () => {
    stopped = true;
    tx.abort();
  };
  const working = async () => {
    const result = await work((name) => tx.objectStore(name));
    unfinished.delete(stop);
    // From here on it needs nobody any more: what was asked is done also when the page is left.
    tx.commit();
    return result;
  };
  const done = new Promise((resolve, reject) => {
    tx.oncomplete = resolve;
    tx.onabort = () => reject(tx.error);
  });
  unfinished.add(stop);
  try {
    return (await Promise.all([working(), done]))[0];
  } catch (error) {
    unfinished.delete(stop);
    if (stopped) return inside(names, mode, work);
    throw error;
  }
}

/** All records of one person. */
export const allOf = (person: string) => IDBKeyRange.bound([person], [person, []]);
