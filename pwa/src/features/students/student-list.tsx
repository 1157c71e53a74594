import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { Avatar, List, ListRow, StoplightStrip } from '../../components';
import { t } from '../../lib/i18n';
import { inOrder } from '../report/subjects';
import type { RoundCard, StudentStatus } from '../report/types';
import { listed, statusText } from './status';

interface InRound {
  round: RoundCard;
  sharing: boolean;
}

/** The students of one home group: how much came in, the stoplights, and how far sharing, plan and talk are. */
export function StudentList({
  students,
  round,
  sharing,
  current,
  label,
}: InRound & {
  students: readonly StudentStatus[];
  current?: string | undefined;
  label: string;
}) {
  // A row is made once: Preact passes over what is the same object, also while the list grows or is searched.
  const made = useMemo(() => new Map<StudentStatus, VNode>(), [round, sharing, current]);
  const row = (s: StudentStatus): VNode => {
    const one = made.get(s) ?? (
      <Row key={s.student.id} student={s} round={round} sharing={sharing} current={s.student.id === current} />
    );
    made.set(s, one);
    return one;
  };
  return <List label={label}>{students.map(row)}</List>;
}

function Row({ student: s, round, sharing, current }: InRound & { student: StudentStatus; current: boolean }) {
  const status = round.state === 'open' ? '' : statusText(s, sharing);
  return (
    <ListRow
      href={`/rounds/${round.id}/students/${s.student.id}`}
      current={current}
      start={<Avatar initials={s.student.initials} size="small" />}
      title={
        <span class="student-title">
          <span>{listed(s.student)}</span>
          {s.done !== null && s.total !== null && <Amount done={s.done} total={s.total} />}
        </span>
      }
      text={
        <span class="student-facts">
          {s.strip.length > 0 && (
            <StoplightStrip size={17} items={inOrder(s.strip).map((x) => ({ light: x.stoplight, name: x.subject }))} />
          )}
          {status && <span>{status}</span>}
        </span>
      }
    />
  );
}

function Amount({ done, total }: { done: number; total: number }) {
  return (
    <span class="numeric small soft">
      <span aria-hidden="true">{t('students.n_of_m', { done, total })}</span>
      <span class="visually-hidden">{t('students.n_of_m_spoken', { done, total })}</span>
    </span>
  );
}
