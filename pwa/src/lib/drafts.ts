import { allOf, asked, inside } from './db';
import { type Sealed, seal, unseal, vaultOf } from './vault';

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
  /** @throws when the device does not keep it; it is remembered as long as the app is open. */
  write(draft: Draft<T>): Promise<void>;
  remove(): Promise<void>;
}

/** Whether the server has the text stands beside it, so that mere copies can go when nobody here can read them. */
type SealedDraft = Sealed & { sent: boolean };

/** What is not on the device (yet), by person and text. */
const memory = new Map<string, Draft<unknown>>();
const nameOf = (person: string, what: string) => `${person}/${what}`;

/**
 * The place of one text of one person on this device. The person is part of the key, so that two people who share a
 * device never see each other's drafts.
 */
export function draftStore<T>(person: string, what: string): DraftStore<T> {
  const key = [person, what];
  const name = nameOf(person, what);
  /** A text of this place that does not open. It may yet be somebody's, so it is never overwritten. */
  let shut: SealedDraft | undefined;
  let chain: Promise<unknown> = Promise.resolve();

  /** One after the other: the last words typed are the last ones laid down. */
  const next = <R>(act: () => Promise<R>): Promise<R> => {
    const done = chain.then(act);
    chain = done.catch(() => undefined);
    return done;
  };
  const put = (record: SealedDraft | undefined) =>
    inside(['drafts', 'aside'], 'readwrite', (at) => {
      if (shut) at('aside').add({ place: 'drafts', key, ...shut });
      if (record) at('drafts').put(record, key);
      else at('drafts').delete(key);
    });

  return {
    read: () =>
      next(async () => {
        const here = memory.get(name) as Draft<T> | undefined;
        if (here) return here;
        const vault = await vaultOf(person);
        const record = await inside('drafts', 'readonly', (at) =>
          asked<SealedDraft | undefined>(at('drafts').get(key)),
        );
        const draft = await unseal<Draft<T>>(vault, ['drafts', ...key], record);
        shut = draft || record?.sent ? undefined : record;
        return draft;
      }),
    write: (draft) => {
      memory.set(name, draft);
      return next(async () => {
        const sealed = await seal(await vaultOf(person), ['drafts', ...key], draft);
        await put({ ...sealed, sent: draft.sent });
        shut = undefined;
        if (memory.get(name) === draft) memory.delete(name);
      });
    },
    remove: () => {
      memory.delete(name);
      return next(async () => {
        await vaultOf(person);
        await put(undefined);
        shut = undefined;
      });
    },
  };
}

/** Which texts of this person the server does not have, by the names they were stored under. */
export async function unsentDrafts(person: string): Promise<string[]> {
  const found = new Set(unkeptDrafts(person));
  try {
    await vaultOf(person);
    const [keys, records] = await inside('drafts', 'readonly', (at) =>
      Promise.all([
        asked(at('drafts').getAllKeys(allOf(person))) as Promise<unknown> as Promise<[string, string][]>,
        asked<SealedDraft[]>(at('drafts').getAll(allOf(person))),
      ]),
    );
    keys.forEach(([, what], i) => {
      if (!records[i]?.sent) found.add(what);
    });
  } catch {
    // Nothing is kept here, so only those on the page are left.
  }
  return [...found];
}

/** Those of them that are on this page only, and go with it. */
export function unkeptDrafts(person: string): string[] {
  const start = nameOf(person, '');
  return [...memory].flatMap(([name, draft]) =>
    name.startsWith(start) && !draft.sent ? [name.slice(start.length)] : [],
  );
}
