/** The places of the device's database. Every record key starts with the person; `aside` has keys of its own. */
export type Place = 'keys' | 'waiting' | 'known' | 'pages' | 'drafts' | 'aside';

export const DATABASE = 'driehoek';
const PLACES: readonly Place[] = ['keys', 'waiting', 'known', 'pages', 'drafts', 'aside'];
let opened: Promise<IDBDatabase> | undefined;

/** What a request answers. */
export function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 2);
  request.onupgradeneeded = () => {
    const db = request.result;
    // Version 1 was never given out, and nothing in it was sealed.
    for (const name of db.objectStoreNames) db.deleteObjectStore(name);
    indexedDB.deleteDatabase('driehoek-drafts');
    for (const name of PLACES) db.createObjectStore(name, { autoIncrement: name === 'aside' });
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
 * and it throws nothing of its own.
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
  const done = new Promise<void>((resolve, reject) => {
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error);
  });
  const [result] = await Promise.all([work((name) => tx.objectStore(name)), done]);
  return result;
}

/** All records of one person. */
export const allOf = (person: string) => IDBKeyRange.bound([person], [person, []]);
