import { api } from './api';
import { asked, inside } from './db';
import type { Vault } from './vault';

const bytes = (text: string) => new TextEncoder().encode(text);

/** The key of one person from the secret that the server keeps for them: the same on each device, of no use to others. */
export async function deriveKey(person: string, secret: string): Promise<CryptoKey> {
  const plain = atob(secret.replace(/-/g, '+').replace(/_/g, '/'));
  const raw = Uint8Array.from(plain, (char) => char.charCodeAt(0));
  const from = await crypto.subtle.importKey('raw', raw, 'HKDF', false, ['deriveKey']);
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: bytes(person), info: bytes(`driehoek device ${person}`) },
    from,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}

/**
 * Gets the key of the person who is signed in, and keeps it in place of anybody else's.
 *
 * @throws ApiProblem on a shared device (404); ConnectionLost; DOMException when this browser keeps no keys.
 */
export async function fetchVault(person: string): Promise<Vault> {
  const { key: secret } = await api.get<{ key: string }>('/me/device-key');
  const vault: Vault = { person, key: await deriveKey(person, secret), used_at: Date.now() };
  await inside('keys', 'readwrite', (at) => {
    at('keys').clear();
    return asked(at('keys').put(vault, person));
  });
  return vault;
}
