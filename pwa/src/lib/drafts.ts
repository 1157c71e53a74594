import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb';

/** A text as it stands on this device. */
export interface Draft<T> {
  value: T;
  /** The server's version that this text was based on. */
  base: number;
  /** False while the server does not have this text. */
  sent: boolean;
}

/** Where drafts are kept; a fake stands in for it in tests. */
export interface DraftStore<T> {
  read(): Promise<Draft<T> | undefined>;
  write(draft: Draft<T>): Promise<void>;
  remove(): Promise<void>;
}

interface Schema extends DBSchema {
  drafts: { key: string; value: Draft<unknown> };
}

const DATABASE = 'driehoek-drafts';
let opened: Promise<IDBPDatabase<Schema>> | undefined;

function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>(DATABASE, 1, {
    upgrade: (db) => {
      db.createObjectStore('drafts');
    },
    // A newer tab wants to upgrade: let go, and open again at the next use.
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

/**
 * The place of one text of one person on this device. The person is part of the key, so that two people who share a
 * device never see each other's drafts.
 */
export function draftStore<T>(personId: string, what: string): DraftStore<T> {
  const key = `${personId}/${what}`;
  return {
    read: async () => (await (await database()).get('drafts', key)) as Draft<T> | undefined,
    write: async (draft) => {
      await (await database()).put('drafts', draft, key);
    },
    remove: async () => {
      await (await database()).delete('drafts', key);
    },
  };
}

/**
 * Copies of what the server has go, those of this person excepted (`null`: of everybody). Texts that wait stay until
 * their writer is back.
 */
export async function forgetCopies(except: string | null): Promise<void> {
  try {
    const tx = (await database()).transaction('drafts', 'readwrite');
    for (const key of await tx.store.getAllKeys()) {
      const draft = await tx.store.get(key);
      if (draft?.sent && (except === null || !key.startsWith(`${except}/`))) await tx.store.delete(key);
    }
    await tx.done;
  } catch {
    // A device that stores nothing has nothing to forget.
  }
}

/** After signing out: no text of anybody stays on this device. */
export async function wipeDrafts(): Promise<void> {
  (await opened?.catch(() => undefined))?.close();
  opened = undefined;
  await deleteDB(DATABASE);
}
