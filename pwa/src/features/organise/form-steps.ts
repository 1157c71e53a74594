/** The steps of the form, in the order in which one thinks of them. */
export const STEPS = ['what', 'who', 'when', 'ask', 'words', 'check'] as const;
export type FormStep = (typeof STEPS)[number];

/** Where in its life the round is that is being edited. */
export type Stage = 'draft' | 'open' | 'partly' | 'closed';

const FIELDS: Readonly<Record<string, FormStep>> = {
  name: 'what',
  explanation: 'what',
  based_on: 'what',
  audience: 'who',
  deadline: 'when',
  opens_at: 'when',
  closes_at: 'when',
  reminders: 'when',
  required: 'ask',
  required_by_year: 'ask',
  sharing: 'ask',
  mentors_watch: 'ask',
  words: 'words',
};

/** The step on which a field stands, from the pointer of a refusal ("/audience/levels/0"). */
export function stepOf(pointer: string): FormStep | undefined {
  return FIELDS[pointer.split('/')[1] ?? ''];
}

/** Whom it is about and what it asks stay once the round was closed, wholly or for some; the server has the last word. */
export function isFixed(stage: Stage): boolean {
  return stage === 'partly' || stage === 'closed';
}

/** Adds or takes away one of a list of choices. */
export function flip<T>(list: readonly T[] | undefined, one: T): T[] {
  const old = list ?? [];
  return old.includes(one) ? old.filter((each) => each !== one) : [...old, one];
}
