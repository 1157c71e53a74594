import type { Waiting } from './conflict';
import { whenIdle } from './idle';
import { keepPage, keptPage } from './local';
import type { SenderOptions } from './sender';

/** Of `GET /my/rounds`, what is counted here. */
type Rounds = readonly { id: string; groups: readonly { id: string; done: number; total: number }[] }[];

/** What is still to be counted: how many students more, by person, round and group. */
const more = new Map<string, number>();
let chain: Promise<unknown> = Promise.resolve();

/**
 * One student more, or fewer, is done: the copy of the list on this device says so before the server is asked again. An
 * answer of the server that comes in at the same moment may be counted over, or lost; its next one puts that right.
 */
function count({ person, round, group }: Waiting, by: number): void {
  const name = [person, round, group].join();
  // What arrives together, as a whole group does, is counted together; and a swipe goes first.
  if (more.size === 0)
    chain = chain
      .then(() => new Promise<void>((resolve) => whenIdle(resolve)))
      .then(() => recount(person))
      .catch(() => undefined);
  more.set(name, (more.get(name) ?? 0) + by);
}

async function recount(person: string): Promise<void> {
  const counts = new Map(more);
  more.clear();
  const kept = await keptPage<Rounds>(person, '/my/rounds');
  if (!kept) return;
  const rounds = kept.value.map((round) => ({
    ...round,
    groups: round.groups.map((group) => {
      const by = counts.get([person, round.id, group.id].join()) ?? 0;
      return { ...group, done: Math.max(0, Math.min(group.total, group.done + by)) };
    }),
  }));
  await keepPage(person, '/my/rounds', rounds, kept.at);
}

/** The same store for what sends; each text that the server took is counted in this device's copy of the list of groups. */
export function counting(store: SenderOptions['store']): SenderOptions['store'] {
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
        if (complete !== before.was_complete) count(before, complete ? 1 : -1);
      }
      return done;
    },
  };
}

/** Ends when all that was sent so far is counted. */
export const counted = (): Promise<unknown> => chain;
