import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Button, Field, Segmented, Tabs } from '../../components';
import { t } from '../../lib/i18n';
import { behindFirst, CountBar, CountLine, isReady, Lines } from './count-line';
import { Departments } from './departments';
import { Late } from './late';
import { NudgeAll, NudgeOne } from './nudge';
import { StandInSheet } from './stand-in-sheet';
import type { GroupProgress, RoundDetail, RoundProgress, TeacherProgress } from './types';

interface ProgressPartProps {
  detail: RoundDetail;
  progress: RoundProgress;
  /** Something was done, and this is said about it; without a text it said so itself. */
  onChanged: (text?: string) => void;
}

type View = 'departments' | 'groups' | 'teachers';
type Which = 'behind' | 'all';

/** From so many lines on one looks for one by name. */
const MANY = 12;

/** Counts, never texts: the whole round, then by department, group, teacher and student. */
export function ProgressPart({ detail, progress, onChanged }: ProgressPartProps) {
  const open = detail.state === 'open';
  const [view, setView] = useState<View>('groups');
  const [which, setWhich] = useState<Which>(open ? 'behind' : 'all');
  const [search, setSearch] = useState('');
  const late = progress.groups.filter((group) => group.late > 0);
  const behind = progress.teachers.filter((teacher) => !isReady(teacher));
  const lines = view === 'groups' ? progress.groups : progress.teachers;
  return (
    <div class="stack">
      <Whole detail={detail} progress={progress} behind={behind} onChanged={() => onChanged()} />
      {late.length > 0 && detail.state !== 'archived' && (
        <Late round={detail.id} groups={late} total={progress.late_writes} onChanged={onChanged} />
      )}
      <Tabs
        label={t('organise.progress')}
        value={view}
        tabs={[
          { value: 'departments', label: t('progress.departments') },
          { value: 'groups', label: t('organise.groups'), count: progress.groups.length },
          { value: 'teachers', label: t('organise.teachers'), count: progress.teachers.length },
        ]}
        onChange={setView}
      >
        {view !== 'departments' && (
          <div class="organise-narrow">
            <Segmented
              label={t('progress.which')}
              value={which}
              options={[
                { value: 'behind', label: t('progress.behind') },
                { value: 'all', label: t('progress.all') },
              ]}
              onChange={setWhich}
            />
            {lines.length > MANY && (
              <Field label={t('progress.search')} type="search" value={search} onInput={setSearch} />
            )}
          </div>
        )}
        {view === 'departments' && <Departments round={detail.id} progress={progress} />}
        {view === 'groups' && (
          <Groups
            detail={detail}
            groups={narrow(progress.groups, which, search, namesOfGroup)}
            onChanged={() => onChanged()}
          />
        )}
        {view === 'teachers' && (
          <Found count={narrow(progress.teachers, which, search, namesOfTeacher).length}>
            <Lines
              key={`${which}${search}`}
              of={narrow(progress.teachers, which, search, namesOfTeacher)}
              line={(teacher) => (
                <CountLine
                  key={teacher.id}
                  title={teacher.name}
                  count={teacher}
                  act={
                    open &&
                    !isReady(teacher) && <NudgeOne round={detail.id} teacher={teacher} onDone={() => onChanged()} />
                  }
                />
              )}
            />
          </Found>
        )}
      </Tabs>
    </div>
  );
}

const namesOfGroup = (group: GroupProgress) =>
  [group.title, group.subject, ...group.teachers, ...group.stand_ins.map((one) => one.name)].join(' ');
const namesOfTeacher = ({ name }: { name: string }) => name;

/** Those that are meant, who misses most first. */
function narrow<T extends { done: number; incomplete: number; total: number }>(
  lines: readonly T[],
  which: Which,
  search: string,
  names: (line: T) => string,
): T[] {
  const wanted = search.trim().toLowerCase();
  return behindFirst(lines).filter(
    (line) => (which === 'all' || !isReady(line)) && names(line).toLowerCase().includes(wanted),
  );
}

interface WholeProps {
  detail: RoundDetail;
  progress: RoundProgress;
  behind: readonly TeacherProgress[];
  onChanged: () => void;
}

/** The round as a whole, and a nudge to all who are behind. */
function Whole({ detail, progress, behind, onChanged }: WholeProps) {
  const count = { done: progress.done, incomplete: progress.incomplete, total: progress.pairs };
  const parts = [
    { name: 'done', n: count.done },
    { name: 'incomplete', n: count.incomplete },
    { name: 'none', n: count.total - count.done - count.incomplete },
  ] as const;
  return (
    <section class="stack tight" aria-labelledby="organise-progress">
      <div class="row spread">
        <h2 class="heading" id="organise-progress">
          {t('organise.progress')}
        </h2>
        {detail.state === 'open' && <span class="small soft">{t('progress.follows')}</span>}
      </div>
      <div class="organise-whole stack tight">
        <p>{t('organise.progress_text', { done: count.done, total: count.total })}</p>
        <CountBar count={count} />
      </div>
      <ul class="organise-legend">
        {parts.map(({ name, n }) => (
          <li key={name} class="small">
            <span class={`organise-dot count-bar-${name}`} />
            <span class="numeric">{n}</span> {t(`progress.part.${name}`)}
          </li>
        ))}
      </ul>
      {detail.state === 'open' && behind.length > 0 && (
        <NudgeAll round={detail.id} waiting={behind.filter((teacher) => !teacher.reminded).length} onDone={onChanged} />
      )}
    </section>
  );
}

interface GroupsProps {
  detail: RoundDetail;
  groups: readonly GroupProgress[];
  onChanged: () => void;
}

function Groups({ detail, groups, onChanged }: GroupsProps) {
  const [chosen, setChosen] = useState<GroupProgress | null>(null);
  const open = detail.state === 'open';
  // What is shown in the sheet is as new as the page.
  const shown = chosen && (groups.find((group) => group.id === chosen.id) ?? chosen);
  return (
    <Found count={groups.length}>
      <Lines
        of={groups}
        line={(group) => (
          <CountLine
            key={group.id}
            title={`${group.title} · ${group.subject}`}
            text={<Authors group={group} />}
            count={group}
            note={open && !group.open ? t('organise.group_closed') : undefined}
            act={
              detail.state !== 'archived' && (
                <Button
                  kind="ghost"
                  small
                  icon="person"
                  aria-label={t('progress.stand_in.title', { group: group.title })}
                  onClick={() => setChosen(group)}
                >
                  {t('progress.stand_in.act')}
                </Button>
              )
            }
          />
        )}
      />
      {shown && (
        <StandInSheet
          key={shown.id}
          round={detail.id}
          group={shown}
          onChanged={onChanged}
          onClose={() => setChosen(null)}
        />
      )}
    </Found>
  );
}

function Authors({ group }: { group: GroupProgress }) {
  const names = group.stand_ins.map((one) => one.name).join(', ');
  return (
    <>
      {group.teachers.join(', ') || t('organise.no_teacher')}
      {names && ` · ${t('progress.stand_in.by', { names })}`}
    </>
  );
}

/** Something true where nothing is left. */
function Found({ count, children }: { count: number; children: ComponentChildren }) {
  return (
    <>
      {count === 0 && <p class="soft">{t('progress.nobody')}</p>}
      {children}
    </>
  );
}
