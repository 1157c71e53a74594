import { forgetCopies } from './drafts';
import { forgetPages, keepPage, keptPage } from './local';
import { startOutbox } from './my-outbox';
import type { Me } from './session';

/** Who was here last is kept under nobody's name, so that it is found before anybody is known. */
const NOBODY = '';

/** The person of this device's last visit, to start without a network. */
export async function lastPerson(): Promise<Me | undefined> {
  return (await keptPage<Me>(NOBODY, '/me'))?.value;
}

/** Takes this person's texts up again, and lets go of the copies of others. */
export async function takeUp(person: Me): Promise<void> {
  await Promise.all([forgetPages(person.id), forgetCopies(person.id)]);
  await keepPage(NOBODY, '/me', person);
  if (person.navigation.includes('rounds')) startOutbox();
}

/** The session is over: the copies go, texts that wait stay until their writer is back. */
export async function letGo(): Promise<void> {
  await Promise.all([forgetPages(null), forgetCopies(null)]);
}
