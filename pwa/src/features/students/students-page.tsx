import { EmptyState, TwoPane } from '../../components';
import { t } from '../../lib/i18n';
import { lazily } from '../../lib/lazily';
import type { ScreenProps } from '../../lib/screen';
import { StudentsPane } from './students-pane';

const Board = lazily(() => import('../board/board-page'));
const MyPaper = lazily(() => import('../bundles/paper'), 'MyPaper');

/** The mentor's first screen; on a laptop a report opens beside it. With `board` in the address, a group as a board. */
export default function StudentsPage({ query }: ScreenProps) {
  if (query.board) return <Board query={query} />;
  return (
    <>
      <TwoPane
        open={false}
        list={<StudentsPane round={query.round} />}
        detail={<EmptyState icon="report" title={t('students.choose')} text={t('students.choose_why')} />}
      />
      {query.bundles && <MyPaper />}
    </>
  );
}
