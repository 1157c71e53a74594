import type { Waiting } from './conflict';
import { keepPage, keptPage } from './local';
import type { SenderOptions } from './sender';

/** Of `GET /my/rounds`, what is counted here. */
type Rounds = readonly { id: string; groups: readonly { id: string; done: number; total: number }[] }[];

let chain: Promise<unknown> = Promise.resolve();

/**
 * One student more, or fewer, is done: the copy of the list on this device says so before the server is asked again. An
 * answer of the server that comes in at the same moment may be counted over, or lost; its next one puts that right.
 */
function count(person: string, { round, group }: Waiting, by: number): void {
  // One after the other: a whole group may arrive at once.
  chain = chain.then(() => recount(person, round, group, by)).catch(() => undefined);
}

async function recount(person: string, round: string, group: string, by: number): Promise<void> {
  const kept = await keptPage<Rounds>(person, '/my/rounds');
  if (!kept) return;
  const more = (one: Rounds[number]['groups'][number]) =>
    one.id === group ? { ...one, done: Math.max(0, Math.min(one.total, one.done + by)) } : one;
  const rounds = kept.value.map((one) => (one.id === round ? { ...one, groups: one.groups.map(more) } : one));
  await keepPage(person, '/my/rounds', rounds, kept.at);
}

/** The same store for what sends; each text that the server took is counted in this device's copy of the list of groups. */
export function counting(person: string, store: SenderOptions['store']): SenderOptions['store'] {
  return {
    waiting: (who) => store.waiting(who),
    change: async (id, step) => {
      let before = null as Waiting | null;
      const done = await store.change(id, (item, known) => {
        before = item;
        return step(item, known);
      });
      if (before) {
        const complete = done.item ? done.item.was_complete : before.complete;
        if (complete !== before.was_complete) count(person, before, complete ? 1 : -1);
      }
      return done;
    },
  };
}

/** Ends when all that was sent so far is counted. */
export const counted = (): Promise<unknown> => chain;
