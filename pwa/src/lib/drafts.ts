import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

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

let opened: Promise<IDBPDatabase<Schema>> | undefined;

function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>('driehoek-drafts', 1, {
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
