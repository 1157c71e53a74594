import { EMPTY, type Waiting } from '../src/lib/conflict';

/** A text that waits and was never sent; say what is different about it. */
export const waitingText = (more: Partial<Waiting> = {}): Waiting => ({
  person: 'ana',
  round: 'r',
  group: 'g',
  student: 's',
  label: { student: 'Sara de Vries', group: 'h4a', round: 'Najaar' },
  content: EMPTY,
  key: 'k',
  base: 0,
  seen: EMPTY,
  edited_at: 0,
  attempt: null,
  trouble: null,
  was_complete: false,
  complete: true,
  ...more,
});
