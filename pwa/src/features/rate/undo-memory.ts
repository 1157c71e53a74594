import { keepPage, keptPage } from '../../lib/local';
import { effect } from '../../lib/signals';
import type { Change, Rating } from './rating';

/** More steps back than anybody takes. */
const MOST_STEPS = 60;
/** Those that know already what earlier visits left. */
const recalled = new WeakSet<Rating>();

/**
 * Keeps on the device what can be undone, so that it still can after the app was closed; until the returned function is
 * called. It lies with the copies of the group's pages, and goes with them.
 */
export function rememberUndo(rating: Rating): () => void {
  const { round, group } = rating.sheet.peek();
  const person = rating.outbox.person;
  const name = `/rounds/${round.id}/groups/${group.id}/undo`;
  let stopped = false;
  let stopKeeping = () => {};
  void keptPage<Change[][]>(person, name).then((kept) => {
    if (stopped) return;
    if (kept && !recalled.has(rating)) rating.recall(kept.value);
    recalled.add(rating);
    let first = true;
    stopKeeping = effect(() => {
      const changes = rating.changes.value;
      if (!first) void keepPage(person, name, changes.slice(-MOST_STEPS));
      first = false;
    });
  });
  return () => {
    stopped = true;
    stopKeeping();
  };
}
