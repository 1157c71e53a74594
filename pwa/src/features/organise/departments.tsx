import { useEffect, useState } from 'preact/hooks';
import { Banner, Button, Icon, Loaded, Segmented, Sheet, SkeletonList } from '../../components';
import { useClosing } from '../../lib/closing';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import { behindFirst, CountBar, type Counted, CountLine, isReady } from './count-line';
import type { HomeGroupProgress, RoundProgress, StudentsProgress } from './types';

interface Department extends Counted {
  name: string;
  groups: HomeGroupProgress[];
}

/** Home groups by level and year, in the order of both; what has neither comes last. */
export function departmentsOf(groups: readonly HomeGroupProgress[]): Department[] {
  const found = new Map<string, Department>();
  const sorted = [...groups].sort(
    (a, b) => Number(!a.level) - Number(!b.level) || a.level.localeCompare(b.level) || (a.year ?? 99) - (b.year ?? 99),
  );
  for (const group of sorted) {
    const known = [group.level, group.year].filter(Boolean).join(' ');
    const name = known || t(group.id ? 'progress.other_groups' : 'progress.no_home_group');
    const sum = found.get(name) ?? { name, groups: [], done: 0, incomplete: 0, total: 0 };
    sum.groups.push(group);
    sum.done += group.done;
    sum.incomplete += group.incomplete;
    sum.total += group.total;
    found.set(name, sum);
  }
  return [...found.values()];
}

/** Each department with its home groups, and each of these with its students. */
export function Departments({ round, progress }: { round: string; progress: RoundProgress }) {
  const [shown, setShown] = useState<HomeGroupProgress | null>(null);
  const departments = departmentsOf(progress.home_groups);
  return (
    <>
      {departments.map((department) => (
        <details key={department.name} class="organise-department" open={departments.length === 1}>
          <summary>
            <span class="label organise-name">
              <Icon name="down" size={18} />
              {department.name}
            </span>
            <span class="organise-bar">
              <span class="small soft">
                {t('organise.count', { done: department.done, total: department.total })}
                {department.incomplete > 0 && ` · ${t('organise.incomplete', { n: department.incomplete })}`}
              </span>
              <CountBar count={department} label={department.name} />
            </span>
          </summary>
          <ul class="list">
            {department.groups.map((group) => (
              <CountLine
                key={group.id}
                title={group.title || t('progress.no_home_group')}
                text={t('progress.students', { n: group.students })}
                count={group}
                act={
                  group.id ? (
                    <Button
                      kind="ghost"
                      small
                      icon="people"
                      aria-label={t('progress.students_of', { group: group.title })}
                      onClick={() => setShown(group)}
                    >
                      {t('progress.students_act')}
                    </Button>
                  ) : (
                    <span />
                  )
                }
              />
            ))}
          </ul>
        </details>
      ))}
      {shown?.id && (
        <StudentsSheet
          round={round}
          group={shown.id}
          title={shown.title}
          progress={progress}
          onClose={() => setShown(null)}
        />
      )}
    </>
  );
}

interface StudentsSheetProps {
  round: string;
  group: string;
  title: string;
  /** When this is another one, the counts are fetched again. */
  progress: RoundProgress;
  onClose: () => void;
}

/** The students of one home group: counts over all subjects, who misses most first. */
function StudentsSheet({ round, group, title, progress, onClose }: StudentsSheetProps) {
  const { open, close } = useClosing(onClose);
  const students = useLoad<StudentsProgress>(`/rounds/${round}/progress/home-groups/${group}`);
  const reload = students.reload;
  const [first] = useState(progress);
  const [which, setWhich] = useState<'behind' | 'all'>('all');
  useEffect(() => {
    if (progress !== first) reload();
  }, [progress, first, reload]);
  return (
    <Sheet side open={open} onClose={close} title={title} subtitle={t('progress.students_text')}>
      <Loaded from={students} skeleton={<SkeletonList rows={8} />}>
        {(found) => (
          <>
            {found.withheld > 0 && <Banner icon="info">{t('progress.withheld', { n: found.withheld })}</Banner>}
            {found.students.length > 0 && (
              <Segmented
                label={t('progress.which')}
                value={which}
                options={[
                  { value: 'behind', label: t('progress.behind') },
                  { value: 'all', label: t('progress.all') },
                ]}
                onChange={setWhich}
              />
            )}
            <ul class="list">
              {behindFirst(found.students)
                .filter((one) => which === 'all' || !isReady(one))
                .map(({ student, ...count }) => (
                  <CountLine
                    key={student.id}
                    title={student.apart ? `${student.name} (${student.apart})` : student.name}
                    count={count}
                  />
                ))}
            </ul>
          </>
        )}
      </Loaded>
    </Sheet>
  );
}
