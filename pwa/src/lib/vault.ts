import { asked, inside } from './db';

/**
 * Seals what one person has on this device. The key cannot be taken out of the browser; it is made from a secret that
 * only this person's own sign-in gets from the server (device-key.ts).
 */
export interface Vault {
  person: string;
  key: CryptoKey;
  /** Milliseconds since 1970 at which this person last used the app here. */
  used_at: number;
}

/** AES-GCM. Each sealing has its own `iv`, so two records with the same one are the same record. */
export interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

const IDLE_MS = 14 * 24 * 60 * 60 * 1000;

/** A sealed record opens only where it was laid down: `record` is its place and its key, which starts with the person. */
const terms = (iv: Uint8Array<ArrayBuffer>, record: readonly string[]) => ({
  name: 'AES-GCM',
  iv,
  additionalData: new TextEncoder().encode(JSON.stringify(record)),
});

export async function seal({ key }: Vault, record: readonly string[], value: unknown): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(value));
  return { iv, data: await crypto.subtle.encrypt(terms(iv, record), key, text) };
}

/** Undefined when there is nothing, and when it does not open: another key, another place, or damaged. */
export async function unseal<T>(
  { key }: Vault,
  record: readonly string[],
  sealed: Sealed | undefined,
): Promise<T | undefined> {
  try {
    const { iv, data } = sealed as Sealed;
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(terms(iv, record), key, data)));
  } catch {
    return undefined;
  }
}

let held: { person: string; vault: Promise<Vault> } | undefined;

/** From now on this is what seals this person's things; a promise that fails means: nothing can be kept here. */
export function hold(person: string, vault: Promise<Vault>): void {
  vault.catch(() => undefined);
  held = { person, vault };
}

/** The key that is on this device; there is never more than one. One that nobody used for 14 days goes first. */
async function holder(): Promise<Vault | undefined> {
  const [vault] = await inside('keys', 'readonly', (at) => asked<Vault[]>(at('keys').getAll()));
  if (!vault || Date.now() - vault.used_at < IDLE_MS) return vault;
  await dropKeys();
  return undefined;
}

/**
 * What opens the things that can be read here without asking anybody, and whose they are. Ask it at every start, of a
 * page and of the service worker alike (there at every event): it is what drops a key that lay idle.
 */
export async function vaultHere(): Promise<Vault | undefined> {
  const before = held;
  const vault = await holder();
  // Who signed in while the device was being asked holds already; the one before must not take that away.
  if (vault && held === before) hold(vault.person, Promise.resolve(vault));
  return vault;
}

/**
 * What seals this person's things here.
 *
 * @throws when nothing can be kept: a shared device, a browser without database or Web Crypto, or no key.
 */
export function vaultOf(person: string): Promise<Vault> {
  if (held?.person !== person) {
    hold(
      person,
      holder().then((vault) => {
        if (vault?.person !== person) throw new Error('No key');
        return vault;
      }),
    );
  }
  return (held as NonNullable<typeof held>).vault;
}

/** From the next start on nothing here can be read, until its owner signs in again. */
export function dropKeys(): Promise<unknown> {
  return inside('keys', 'readwrite', (at) => asked(at('keys').clear()));
}
