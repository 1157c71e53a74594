import type { Autosave } from '../../lib/autosave';
import { unsentDrafts } from '../../lib/drafts';
import { outboxOf } from '../../lib/my-outbox';
import type { Me } from '../../lib/session';
import { planAutosave } from '../plan/autosave';
import { messageAutosave } from '../report/message-autosave';

/** What the server does not have: feedback in the outbox, and drafts by the names they were stored under. */
export interface Unsent {
  feedback: number;
  drafts: readonly string[];
}

export const countOf = ({ feedback, drafts }: Unsent) => feedback + drafts.length;

/** What of this person is on this device only. */
export async function unsentOf(person: Me): Promise<Unsent> {
  const outbox = person.navigation.includes('rounds') ? outboxOf(person.id) : null;
  return { feedback: outbox?.items.value.size ?? 0, drafts: await unsentDrafts(person.id) };
}

function autosaveOf(person: string, name: string): Autosave<never> | undefined {
  const [kind, round = '', student = ''] = name.split('/');
  if (kind === 'plan') return planAutosave(person, round) as unknown as Autosave<never>;
  if (kind === 'message') return messageAutosave(round, student) as unknown as Autosave<never>;
  return undefined;
}

/** Tries to send all of it; answers with what is left. */
export async function sendUnsent(person: Me): Promise<Unsent> {
  const { feedback, drafts } = await unsentOf(person);
  if (feedback > 0) await outboxOf(person.id).resume();
  for (const name of drafts) {
    const text = autosaveOf(person.id, name);
    if (!(await text?.start(null))) continue;
    await text?.flush();
    text?.stop();
  }
  return unsentOf(person);
}
