import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Banner, Button, Chip, EmptyState, Field, Loaded, Menu, PageHeader, SkeletonList } from '../../components';
import { t } from '../../lib/i18n';
import { lazily } from '../../lib/lazily';
import { useLoad } from '../../lib/load';
import { go } from '../../lib/navigate';
import { me } from '../../lib/session';
import type { MyStudents, RoundCard, StudentGroup } from '../report/types';
import { arrange, filterCount, filtersFor, SORTS } from './list';
import { ShareGroupSheet } from './share-group-sheet';
import { filter, groupActs, lastSeen, reportActs, scrolled, search, sort, studentsPath } from './state';
import { firstOf, useSteps } from './steps';
import { StudentList } from './student-list';
import './students.css';

const Paper = lazily(() => import('../bundles/paper'), 'Paper');

/** From how many students on a field to search them is of use. */
const MANY = 40;

/** *Mijn leerlingen*: all home groups of the mentor (and of a leader's scope) in one round. */
export function StudentsPane({ round, current }: { round?: string | undefined; current?: string | undefined }) {
  const path = studentsPath(round);
  const students = useLoad<MyStudents>(path);
  const seen = lastSeen.peek();
  const shown = students.data || seen?.path !== path ? students : { ...students, data: seen.data, loading: false };

  useEffect(() => {
    if (students.data) lastSeen.value = { path, data: students.data };
  }, [students.data, path]);

  const acts = reportActs.value;
  const seenActs = useRef(acts);
  useEffect(() => {
    if (seenActs.current === acts) return;
    seenActs.current = acts;
    students.reload();
  }, [acts, students.reload]);

  const pane = useRef<HTMLElement>(null);
  const ready = shown.data !== undefined;
  useLayoutEffect(() => {
    const box = pane.current?.closest('.pane-list');
    if (!box || !ready) return;
    // Opening a report must not lose the place in the list. To set it lays the whole page out: only where there is one.
    if (scrolled.top > 0) box.scrollTop = scrolled.top;
    const remember = () => {
      scrolled.top = box.scrollTop;
    };
    box.addEventListener('scroll', remember, { passive: true });
    return () => box.removeEventListener('scroll', remember);
  }, [ready]);

  return (
    <section class="page" ref={pane}>
      <PageHeader
        title={t('students.title')}
        level={current ? 2 : 1}
        subtitle={shown.data?.round && <RoundChoice data={shown.data} round={shown.data.round} />}
        end={shown.data?.round && <SortMenu />}
      />
      {me.value?.roles.includes('leader') && (
        <div class="row">
          <Button kind="ghost" small icon="list" href="/organise/figures">
            {t('figures.link')}
          </Button>
        </div>
      )}
      <Loaded from={shown} skeleton={<SkeletonList rows={8} />}>
        {(data: MyStudents) =>
          data.round ? (
            <Groups
              data={data}
              round={data.round}
              current={current}
              reload={students.reload}
              whole={seen?.path === path || scrolled.top > 0}
            />
          ) : (
            <EmptyState icon="people" title={t('students.no_round')} text={t('students.no_round_why')} />
          )
        }
      </Loaded>
    </section>
  );
}

function RoundChoice({ data, round }: { data: MyStudents; round: RoundCard }) {
  const name = (r: RoundCard) => (r.state === 'open' ? t('students.round_open', { name: r.name }) : r.name);
  if (data.rounds.length < 2) return <>{name(round)}</>;
  return (
    <select
      class="round-choice"
      aria-label={t('students.round')}
      value={round.id}
      onChange={(event) => go(`/students?round=${encodeURIComponent(event.currentTarget.value)}`)}
    >
      {data.rounds.map((r) => (
        <option key={r.id} value={r.id}>
          {name(r)}
        </option>
      ))}
    </select>
  );
}

function SortMenu() {
  return (
    <Menu
      label={t('students.sort')}
      items={SORTS.map((value) => ({
        label: t(`students.sort.${value}`),
        ...(sort.value === value ? { icon: 'check' as const } : {}),
        onClick: () => {
          sort.value = value;
        },
      }))}
    />
  );
}

function Groups({
  data,
  round,
  current,
  reload,
  whole,
}: {
  data: MyStudents;
  round: RoundCard;
  current: string | undefined;
  reload: () => void;
  /** From the start: whoever was further down in this list finds their place again. */
  whole: boolean;
}) {
  const [sharingGroup, setSharingGroup] = useState<StudentGroup | null>(null);
  const { sharing } = round;
  const all = data.groups.flatMap((group) => group.students);
  const filters = filtersFor(round.state, sharing).filter((f) => f === 'all' || filterCount(all, f) > 0);
  const chosen = filters.includes(filter.value) ? filter.value : 'all';
  const groups = data.groups.map((group) => ({
    group,
    students: arrange(group.students, chosen, sort.value, search.value),
  }));
  const found = groups.some(({ students }) => students.length > 0);
  const now = firstOf(groups, useSteps(all.length, whole));

  return (
    <>
      {round.state === 'open' && <Banner icon="info">{t('students.open_hint')}</Banner>}
      {round.state === 'archived' && <Banner icon="lock">{t('report.archived')}</Banner>}
      {all.length >= MANY && (
        <Field
          label={t('students.search')}
          type="search"
          value={search.value}
          max={60}
          onInput={(text) => {
            search.value = text;
          }}
        />
      )}
      {filters.length > 1 && (
        <fieldset class="students-filters">
          <legend class="visually-hidden">{t('students.filter')}</legend>
          {filters.map((f) => (
            <Chip
              key={f}
              pressed={f === chosen}
              onClick={() => {
                filter.value = f;
              }}
            >
              {t(`students.filter.${f}`)}
              {f !== 'all' && <span class="numeric">{filterCount(all, f)}</span>}
            </Chip>
          ))}
        </fieldset>
      )}
      {now.map(({ group, students }) => (
        <section key={group.id} class="stack tight">
          <GroupHeading group={group} round={round} onShare={() => setSharingGroup(group)} />
          {group.students.length === 0 ? (
            <p class="soft">{t('students.group_empty')}</p>
          ) : students.length > 0 ? (
            <StudentList students={students} round={round} sharing={sharing} current={current} label={group.title} />
          ) : (
            <p class="soft">{t('students.none_match')}</p>
          )}
        </section>
      ))}
      {!found && (chosen !== 'all' || search.value !== '') && (
        <Button
          kind="ghost"
          onClick={() => {
            filter.value = 'all';
            search.value = '';
          }}
        >
          {t('students.show_all')}
        </Button>
      )}
      {sharingGroup && (
        <ShareGroupSheet
          group={sharingGroup}
          round={round}
          onClose={() => setSharingGroup(null)}
          onShared={() => {
            groupActs.value += 1;
            reload();
          }}
        />
      )}
    </>
  );
}

function GroupHeading({ group, round, onShare }: { group: StudentGroup; round: RoundCard; onShare: () => void }) {
  const { sharing } = round;
  const closed = round.state === 'closed';
  const shared = filterCount(group.students, 'all') - filterCount(group.students, 'to_share');
  const total = group.students.length;
  const mayShare = group.relation === 'mentor' && closed && sharing && shared < total;
  return (
    <div class="row spread">
      <div>
        <h2 class="heading">{group.title}</h2>
        {total > 0 && (
          <p class="small soft">
            {closed && sharing ? t('students.shared_of', { shared, total }) : t('students.count', { n: total })}
          </p>
        )}
      </div>
      <div class="row">
        {round.state !== 'open' && total > 0 && (
          <Button small kind="ghost" icon="table" href={`/students?board=${group.id}&round=${round.id}`}>
            {t('students.board')}
          </Button>
        )}
        {mayShare && (
          <Button small icon="share" onClick={onShare}>
            {t('students.share_group')}
          </Button>
        )}
        <Paper round={round} group={group} />
      </div>
    </div>
  );
}
