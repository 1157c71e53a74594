import { Segmented } from '../../components';
import { t } from '../../lib/i18n';
import { useSignal } from '../../lib/signals';
import type { Rating, Row } from './rating';

const toDo = (row: Row) => row.pair.state === 'expected' && !row.complete;

interface Only {
  filtered: boolean;
  shows: (row: Row) => boolean;
  choose: (filtered: boolean) => void;
}

/**
 * *Nog te doen*: who was to do when it was chosen, and who is since. Whoever is done stays until it is chosen again:
 * nothing moves away under a thumb, and a word more is still one tap.
 */
export function useToDo(rating: Rating): Only {
  const chosen = useSignal<ReadonlySet<string> | null>(null);
  const kept = chosen.value;
  return {
    filtered: kept !== null,
    shows: (row) => kept === null || toDo(row) || kept.has(row.student.id),
    choose: (filtered) => {
      chosen.value = filtered
        ? new Set(
            rating.rows
              .peek()
              .filter(toDo)
              .map((row) => row.student.id),
          )
        : null;
    },
  };
}

export function ToDo({ only, rating }: { only: Only; rating: Rating }) {
  const rows = rating.rows.value;
  return (
    <Segmented
      label={t('rate.filter')}
      value={only.filtered ? 'to_do' : 'all'}
      options={[
        { value: 'all', label: t('rate.filter_all', { n_all: rows.length }) },
        { value: 'to_do', label: t('rate.filter_to_do', { n_all: rows.filter(toDo).length }) },
      ]}
      onChange={(value) => only.choose(value === 'to_do')}
    />
  );
}
