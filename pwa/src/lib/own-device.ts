import { keptPage } from './local';
import type { Me } from './session';
import { dropKeys, hold, type Vault, vaultHere } from './vault';

/** Less to load than written where it is used, as are those in start.ts and icon.tsx: Vite wraps it in names of its own there. */
const deviceKey = () => import('./device-key');

/** Asks the device who can read here; one without a database knows nobody. */
export function openDevice(): Promise<Vault | undefined> {
  return vaultHere().catch(() => undefined);
}

/** The person of this device's last visit, to start without a network. */
export async function lastPerson(here: Promise<Vault | undefined>): Promise<Me | undefined> {
  const vault = await here;
  return vault && (await keptPage<Me>(vault.person, '/me'))?.value;
}

/**
 * Makes ready what keeps this person's things here, before anything of theirs is asked for. Nobody else's key stays; on
 * a shared device not even their own.
 */
export function makeReady({ id, device }: Me, here: Promise<Vault | undefined>): void {
  hold(
    id,
    here.then(async (vault) => {
      const own = device === 'own';
      if (own && vault?.person === id) return vault;
      await dropKeys();
      if (!own) throw new Error('No key');
      const { fetchVault } = await deviceKey();
      return fetchVault(id);
    }),
  );
}

/** Set in localStorage while this device still owes the server a sign-out. It tells nothing about anybody. */
export const OWED = 'sign-out-owed';
