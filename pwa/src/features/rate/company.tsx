import { useEffect } from 'preact/hooks';
import { announce } from '../../lib/announce';
import { t } from '../../lib/i18n';
import { follow } from './live';
import type { Rating } from './rating';
import type { GroupSheet } from './types';
import { rememberUndo } from './undo-memory';

/** What others wrote since the page that is shown: said to screen readers, and never laid over what is being typed. */
export function meet(rating: Rating, fresh: GroupSheet): void {
  const said: { name: string; student: string }[] = [];
  for (const { student, feedback } of fresh.pairs) {
    const row = rating.row(student.id);
    if (!row || !feedback || feedback.version <= row.server.version) continue;
    if (rating.typing === student.id) rating.held.value ??= { student: student.id, on: row.server };
    if (feedback.author.id === rating.outbox.person) continue;
    said.push({ name: feedback.author.name, student: student.name });
    rating.news.set(student.id, Date.now());
  }
  const [first] = said;
  if (first) announce(said.length === 1 ? t('rate.said_news', first) : t('rate.said_news_more', { n: said.length }));
}

/** What goes on beside the rating while it is open: colleagues who write too, and a memory for undo. Shows nothing. */
export default function Company({ rating, reload }: { rating: Rating; reload: () => void }) {
  const { open } = rating.sheet.value;
  // The round closed while one was writing: the page follows.
  const shut = rating.rows.value.some((row) => row.waiting?.trouble?.kind === 'closed');
  useEffect(() => {
    if (shut && open) reload();
  }, [shut]);
  useEffect(() => {
    if (!open) return;
    const { round, group } = rating.sheet.peek();
    rating.arrives = (fresh) => meet(rating, fresh);
    const forget = rememberUndo(rating);
    const leave = follow({
      url: `/api/v1/rounds/${round.id}/groups/${group.id}/live`,
      isNew: ({ student, version }) => {
        const row = rating.row(student);
        return version > Math.max(row?.server.version ?? 0, row?.pair.feedback?.version ?? 0);
      },
      reload,
    });
    return () => {
      rating.arrives = undefined;
      forget();
      leave();
    };
  }, [rating, open, reload]);
  return null;
}
