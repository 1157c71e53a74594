import { allOf, asked, closeDatabase, DATABASE, inside, type Place } from './db';
import { unkeptDrafts } from './drafts';
import { keepPage } from './local';
import { outboxOf } from './my-outbox';
import { type Me, signInAddress } from './session';
import { effect } from './signals';
import { askToStay } from './stay';
import { hold, type Vault, vaultHere, vaultOf } from './vault';

/** Tells the other tabs that this device was emptied. */
let others: BroadcastChannel | undefined;
const channel = () => {
  others ??= new BroadcastChannel('driehoek-wiped');
  return others;
};
const PATIENCE_MS = 3_000;
const TOUCH_EVERY_MS = 60 * 60 * 1000;

type Stored = { key: IDBValidKey[]; value: { sent?: boolean; key?: string[] } };

async function recordsOf(store: IDBObjectStore): Promise<Stored[]> {
  const [keys, values] = await Promise.all([asked(store.getAllKeys()), asked(store.getAll())]);
  return keys.map((key, i): Stored => ({ key: key as IDBValidKey[], value: values[i] }));
}

async function dropCopies(at: (name: Place) => IDBObjectStore, except: string | null): Promise<void> {
  for (const name of ['pages', 'known', 'drafts'] as const) {
    for (const { key, value } of await recordsOf(at(name))) {
      if (key[0] !== except && (name !== 'drafts' || value.sent)) at(name).delete(key);
    }
  }
}

/**
 * Copies of what the server has go, those of this person excepted (`null`: of everybody). Texts that wait stay, sealed,
 * until their writer is back.
 */
export async function forgetCopies(except: string | null): Promise<void> {
  await inside(['pages', 'known', 'drafts'], 'readwrite', (at) => dropCopies(at, except));
}

/** Pages of this person that are on the device. */
export async function pathsOf(person: string): Promise<string[]> {
  const keys = await inside('pages', 'readonly', (at) => asked(at('pages').getAllKeys(allOf(person))));
  return keys.map((key) => (key as [string, string])[1]);
}

/** Whether somebody's unsent texts are here; whose, and what they say, cannot be seen. */
export function anythingWaits(): Promise<boolean> {
  return inside(['waiting', 'drafts', 'aside'], 'readonly', async (at) => {
    const counts = await Promise.all([
      asked(at('waiting').count()),
      asked(at('drafts').count()),
      asked(at('aside').count()),
    ]);
    return counts.some((n) => n > 0);
  });
}

/** Today this person used the app here. A key that is gone meanwhile does not come back. */
async function touch(person: string): Promise<void> {
  await inside('keys', 'readwrite', async (at) => {
    const vault = await asked<Vault | undefined>(at('keys').get(person));
    if (vault) at('keys').put({ ...vault, used_at: Date.now() }, person);
  });
}

/** The page leaves when what it shows may not be read here any more: emptied, idle too long, or somebody else's device. */
function watch(person: string): void {
  let touched = Date.now();
  document.addEventListener('visibilitychange', async () => {
    if (document.visibilityState !== 'visible') return;
    const here = await vaultHere().catch(() => undefined);
    if (here?.person !== person) startAnew();
    else if (Date.now() - touched > TOUCH_EVERY_MS) {
      touched = Date.now();
      await touch(person);
    }
  });
}

/**
 * A page that was left comes back as it stood, whoever sits here by then. So it is out of sight while it is away, and shows
 * itself only where its person's key still is; where none is kept, as on a shared device, it starts anew.
 */
function hideAway(person: string): void {
  const { style } = document.documentElement;
  // Until now every page that came back started anew (early.js).
  window.onpageshow = null;
  addEventListener('pagehide', () => {
    style.visibility = 'hidden';
  });
  addEventListener('pageshow', async (event) => {
    if (!(event as PageTransitionEvent).persisted) return;
    // A device that says nothing does not leave an empty page standing.
    const patience = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS));
    const here = await Promise.race([vaultHere(), patience]).catch(() => undefined);
    if (here?.person === person) style.visibility = '';
    else startAnew();
  });
}

/** Asks whether the page may go with texts that are nowhere else. */
let warn: ((event: Event) => void) | undefined;

/** This page is not for who sits here now, so nobody is asked whether it may go. */
function startAnew(): void {
  if (warn) removeEventListener('beforeunload', warn);
  location.reload();
}

/** How many texts are on this page only and go with it. */
function unkept({ id, navigation }: Me): number {
  const outbox = navigation.includes('rounds') ? outboxOf(id) : null;
  return (outbox?.memoryOnly.peek() ? outbox.items.peek().size : 0) + unkeptDrafts(id).length;
}

/** Puts this device in order for who is here now: copies of others go, their own stay for the next start. */
export async function settle(person: Me): Promise<void> {
  warn = (event) => {
    if (unkept(person) > 0) event.preventDefault();
  };
  addEventListener('beforeunload', warn);
  hideAway(person.id);
  channel().onmessage = () => location.replace(signInAddress());
  const vault = await vaultOf(person.id).catch(() => undefined);
  await forgetCopies(vault ? person.id : null).catch(() => undefined);
  if (!vault) return;
  await Promise.all([keepPage(person.id, '/me', person), touch(person.id)]);
  watch(person.id);
  if (person.navigation.includes('rounds')) {
    const { items } = outboxOf(person.id);
    effect(() => {
      if (items.value.size > 0) void askToStay();
    });
  }
}

/**
 * After signing out nothing of this person stays on the device: texts that wait are gone too, so ask first. Of others
 * only their sealed, unsent texts stay, which nobody here can read.
 */
export async function wipeDevice(person: string): Promise<void> {
  // What is still under way keeps nothing any more.
  hold(person, Promise.reject(new Error('Signed out')));
  const everywhere: Place[] = ['keys', 'waiting', 'known', 'pages', 'drafts', 'aside'];
  const left = await inside(everywhere, 'readwrite', async (at) => {
    await dropCopies(at, null);
    at('keys').clear();
    at('waiting').delete(allOf(person));
    at('drafts').delete(allOf(person));
    for (const { key, value } of await recordsOf(at('aside'))) {
      if (value.key?.[0] === person) at('aside').delete(key);
    }
    const counts = await Promise.all(everywhere.map((name) => asked(at(name).count())));
    return counts.reduce((sum, n) => sum + n, 0);
  }).catch(() => 0);
  await closeDatabase();
  // Another tab that is slow to let go must not keep one here; what it holds is empty already.
  if (left === 0) globalThis.indexedDB?.deleteDatabase(DATABASE);
  channel().postMessage(null);
}
