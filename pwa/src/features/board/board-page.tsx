import { useLayoutEffect, useState } from 'preact/hooks';
import {
  Banner,
  Button,
  Chip,
  EmptyState,
  Loaded,
  PageHeader,
  Segmented,
  SelectField,
  SkeletonCard,
} from '../../components';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import { replace } from '../../lib/navigate';
import type { ScreenProps } from '../../lib/screen';
import { reportActs } from '../students/state';
import { listed } from '../students/status';
import './board.css';
import { BoardTable } from './board-table';
import { ExportTexts } from './export-menu';
import { useFullScreen } from './full-screen';
import { arrange, FILTERS, type Filter, filterCount, type Row, SORTS, type Sort } from './rows';
import { StudentSheet } from './student-sheet';
import type { Board, Boards } from './types';

type Query = ScreenProps['query'];

/** Shows the same board otherwise; how one looks stands in the address, so that it can be shared and comes back. */
function look(query: Query, change: Readonly<Record<string, string>>): void {
  const next = Object.entries({ ...query, ...change }).filter(([, value]) => value !== '');
  replace(`/students?${new URLSearchParams(next)}`);
}

function oneOf<V extends string>(values: readonly V[], value: string | undefined, otherwise: V): V {
  return values.find((each) => each === value) ?? otherwise;
}

/** The group board: students and subjects of a home group at a glance, for the discussion of the group. */
export default function BoardPage({ query }: { query: Query }) {
  const boards = useLoad<Boards>('/my/boards');
  // Comes from the list of students, at the same path: it begins at its top.
  useLayoutEffect(() => scrollTo(0, 0), []);
  return (
    <section class="page wide board-page">
      {!boards.data && <PageHeader title={t('board.title')} back="/students" />}
      <Loaded from={boards} skeleton={<SkeletonCard rows={10} />}>
        {(found: Boards) => <Chosen boards={found} query={query} />}
      </Loaded>
    </section>
  );
}

/** The board of the round and group in the address, else of the latest round and the first group. */
function Chosen({ boards, query }: { boards: Boards; query: Query }) {
  const round = boards.rounds.find(({ id }) => id === query.round) ?? boards.rounds[0];
  const group = boards.groups.find(({ id }) => id === query.board) ?? boards.groups[0];
  const board = useLoad<Board>(round && group ? `/rounds/${round.id}/home-groups/${group.id}/board` : null);
  const back = round ? `/students?round=${round.id}` : '/students';
  if (!round || !group) {
    return (
      <>
        <PageHeader title={t('board.title')} back={back} />
        <EmptyState icon="table" title={t('board.nothing')} text={t('board.nothing_why')} />
      </>
    );
  }
  return (
    <>
      {!board.data && <PageHeader title={t('board.title_of', { group: group.title })} back={back} />}
      <Loaded from={board} skeleton={<SkeletonCard rows={10} />}>
        {(found: Board) => <Shown board={found} boards={boards} query={query} back={back} reload={board.reload} />}
      </Loaded>
    </>
  );
}

function Shown({
  board,
  boards,
  query,
  back,
  reload,
}: {
  board: Board;
  boards: Boards;
  query: Query;
  back: string;
  reload: () => void;
}) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [full, setFull] = useFullScreen();
  const filter = oneOf<Filter>(FILTERS, query.only, 'all');
  const sort = oneOf<Sort>(SORTS, query.sort, 'name');
  const hidden = query.names === 'off';
  const rows = arrange(board, filter, sort);
  const nameOf = ({ number, row }: Row) => (hidden ? t('board.student_n', { n: number }) : listed(row.student));
  const open = arrange(board, 'all', 'name').find(({ row }) => row.student.id === chosen);
  const title = t('board.title_of', { group: board.group.title });

  function changed() {
    // The list of students tells how many agreements there are.
    reportActs.value += 1;
    reload();
  }

  return (
    <>
      <PageHeader
        title={title}
        subtitle={full ? board.round.name : undefined}
        back={full ? undefined : back}
        backLabel={t('students.title')}
        end={
          <>
            <Button small onClick={() => setFull(!full)}>
              {full ? t('board.leave_full') : t('board.full')}
            </Button>
            {!full && board.export && (
              <ExportTexts
                round={board.round.id}
                group={board.group.id}
                title={board.group.title}
                all={boards.export}
              />
            )}
          </>
        }
      />
      {!full && <Choices board={board} boards={boards} query={query} />}
      {!full && board.round.state === 'archived' && <Banner icon="lock">{t('report.archived')}</Banner>}
      <div class="row spread board-looks">
        <fieldset class="board-filters">
          <legend class="visually-hidden">{t('board.filter')}</legend>
          {FILTERS.map((each) => (
            <Chip
              key={each}
              pressed={each === filter}
              onClick={() => look(query, { only: each === 'all' ? '' : each })}
            >
              {t(`board.filter.${each}`)}
              <span class="numeric">{filterCount(board, each)}</span>
            </Chip>
          ))}
        </fieldset>
        <div class="row">
          <Chip icon="person" pressed={hidden} onClick={() => look(query, { names: hidden ? '' : 'off' })}>
            {t('board.hide_names')}
          </Chip>
          <Segmented
            label={t('board.sort')}
            value={sort}
            options={SORTS.map((value) => ({ value, label: t(`board.sort.${value}`) }))}
            onChange={(value) => look(query, { sort: value === 'name' ? '' : value })}
          />
        </div>
      </div>
      {board.students.length === 0 ? (
        <EmptyState icon="people" title={t('board.empty')} text={t('board.empty_why')} />
      ) : rows.length === 0 ? (
        <EmptyState icon="check" title={t('board.none_match')} text={t(`board.none_match.${filter}`)}>
          <Button onClick={() => look(query, { only: '' })}>{t('board.show_all')}</Button>
        </EmptyState>
      ) : (
        <BoardTable
          board={board}
          rows={rows}
          nameOf={nameOf}
          full={full}
          label={title}
          onOpen={({ row }) => setChosen(row.student.id)}
        />
      )}
      {open && (
        <StudentSheet
          key={open.row.student.id}
          board={board}
          row={open.row}
          name={nameOf(open)}
          onClose={() => setChosen(null)}
          onChanged={changed}
        />
      )}
    </>
  );
}

/** Another round or another group, where there is more than one. */
function Choices({ board, boards, query }: { board: Board; boards: Boards; query: Query }) {
  if (boards.rounds.length < 2 && boards.groups.length < 2) return <p class="soft">{board.round.name}</p>;
  return (
    <div class="board-choices">
      {boards.groups.length > 1 && (
        <SelectField
          label={t('board.group')}
          value={board.group.id}
          options={boards.groups.map(({ id, title }) => ({ value: id, label: title }))}
          onInput={(board) => look(query, { board })}
        />
      )}
      <SelectField
        label={t('board.round')}
        value={board.round.id}
        options={boards.rounds.map(({ id, name }) => ({ value: id, label: name }))}
        onInput={(round) => look(query, { round })}
      />
    </div>
  );
}
