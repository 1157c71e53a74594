import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Banner, Button, confirm, Icon, Progress, Tabs, toast } from '../../components';
import { ApiProblem, api } from '../../lib/api';
import { t } from '../../lib/i18n';
import { NudgeAll, NudgeOne } from './nudge';
import type { GroupProgress, RoundDetail, RoundProgress } from './types';

interface ProgressPartProps {
  detail: RoundDetail;
  progress: RoundProgress;
  onChanged: (text: string) => void;
}

type View = 'groups' | 'teachers';

/** Counts, never texts: the whole round, then per group and per teacher, who is furthest behind first. */
export function ProgressPart({ detail, progress, onChanged }: ProgressPartProps) {
  const [view, setView] = useState<View>('groups');
  const text = t('organise.progress_text', { done: progress.done, total: progress.pairs });
  const late = progress.groups.filter((group) => group.late > 0);
  const behind = progress.teachers.filter(({ done, total }) => done < total).length;
  const open = detail.state === 'open';
  return (
    <div class="stack">
      <section class="stack tight" aria-labelledby="organise-progress">
        <h2 class="heading" id="organise-progress">
          {t('organise.progress')}
        </h2>
        <Progress value={progress.done} max={Math.max(progress.pairs, 1)} label={text} text={text} />
        {progress.incomplete > 0 && (
          <p class="small ink-attention">{t('organise.incomplete', { n: progress.incomplete })}</p>
        )}
        {open && behind > 0 && <NudgeAll round={detail.id} behind={behind} />}
      </section>
      {late.length > 0 && detail.state !== 'archived' && (
        <Late round={detail.id} groups={late} total={progress.late_writes} onChanged={onChanged} />
      )}
      <Tabs
        label={t('organise.progress')}
        value={view}
        tabs={[
          { value: 'groups', label: t('organise.groups'), count: progress.groups.length },
          { value: 'teachers', label: t('organise.teachers'), count: progress.teachers.length },
        ]}
        onChange={setView}
      >
        <ul class="list">
          {view === 'groups'
            ? behindFirst(progress.groups).map((group) => (
                <Line
                  key={group.id}
                  title={`${group.title} · ${group.subject}`}
                  text={group.teachers.join(', ') || t('organise.no_teacher')}
                  line={group}
                  closed={open && !group.open}
                />
              ))
            : behindFirst(progress.teachers).map((teacher) => (
                <Line
                  key={teacher.id}
                  title={teacher.name}
                  line={teacher}
                  act={
                    open &&
                    teacher.done < teacher.total && (
                      <NudgeOne round={detail.id} person={teacher.id} name={teacher.name} />
                    )
                  }
                />
              ))}
        </ul>
      </Tabs>
    </div>
  );
}

interface Counted {
  done: number;
  incomplete: number;
  total: number;
}

function behindFirst<T extends Counted>(lines: readonly T[]): T[] {
  return [...lines].sort((a, b) => b.total - b.done - (a.total - a.done));
}

interface LineProps {
  title: string;
  text?: string;
  line: Counted;
  closed?: boolean;
  act?: ComponentChildren;
}

function Line({ title, text, line, closed, act }: LineProps) {
  const ready = line.total > 0 && line.done === line.total;
  const count = t('organise.count', { done: line.done, total: line.total });
  return (
    <li class="list-row organise-count">
      <span class="list-row-text">
        <span class="list-row-title">{title}</span>
        {text && <span class="small soft">{text}</span>}
      </span>
      <span class="organise-bar">
        <span class={ready ? 'small ink-on_track' : 'small soft'}>
          {ready && <Icon name="check" size={16} />} {closed ? `${t('organise.group_closed')} · ` : ''}
          {count}
          {line.incomplete > 0 && ` · ${t('organise.incomplete', { n: line.incomplete })}`}
        </span>
        <Progress value={line.done} max={Math.max(line.total, 1)} label={`${title}: ${count}`} />
      </span>
      {act}
    </li>
  );
}

interface LateProps {
  round: string;
  groups: readonly GroupProgress[];
  total: number;
  onChanged: (text: string) => void;
}

/** Texts that came after closing: a count, and the choice to let a group in after all. */
function Late({ round, groups, total, onChanged }: LateProps) {
  const accept = async (group: GroupProgress) => {
    const yes = await confirm({
      title: t('organise.late.title', { group: group.title }),
      text: t('organise.late.text'),
      yes: t('organise.late.act'),
    });
    if (!yes) return;
    try {
      await api.post(`/rounds/${round}/late-writes/accept`, { group_id: group.id });
      onChanged(t('organise.late.done', { group: group.title }));
    } catch (error) {
      toast(error instanceof ApiProblem ? `${error.title}. ${error.detail}` : t('organise.form.offline'));
    }
  };
  return (
    <Banner kind="attention" icon="clock">
      <p>{t('organise.late.count', { n: total })}</p>
      <div class="row">
        {groups.map((group) => (
          <Button key={group.id} small onClick={() => accept(group)}>
            {group.title} ({group.late})
          </Button>
        ))}
      </div>
    </Banner>
  );
}
