import { api } from '../../lib/api';
import { Autosave } from '../../lib/autosave';
import { draftStore } from '../../lib/drafts';
import { me } from '../../lib/session';

/** The name under which this message is stored on the device. */
export const keyFor = (round: string, student: string) => `message/${round}/${student}`;

/** The mentor's message on one report. */
export function messageAutosave(round: string, student: string, text = ''): Autosave<string> {
  const path = `/rounds/${round}/students/${student}/message`;
  return new Autosave(text, {
    store: draftStore<string>(me.value?.id ?? '', keyFor(round, student)),
    send: (words, ifMatch, key) => api.put<{ version: number }>(path, { text: words }, { ifMatch, key }),
    same: (a, b) => a === b,
    current: (problem) => {
      const current = problem.members.current as { text?: string } | string | null;
      return {
        theirs: (typeof current === 'string' ? current : current?.text) ?? '',
        version: Number(problem.members.version ?? 0),
      };
    },
  });
}
