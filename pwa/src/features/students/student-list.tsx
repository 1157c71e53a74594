import { Avatar, List, ListRow, StoplightStrip } from '../../components';
import { t } from '../../lib/i18n';
import { inOrder } from '../report/subjects';
import type { RoundCard, StudentStatus } from '../report/types';
import { listed, statusText } from './status';

/** The students of one home group: how much came in, the stoplights, and how far sharing, plan and talk are. */
export function StudentList({
  students,
  round,
  sharing,
  current,
  label,
}: {
  students: readonly StudentStatus[];
  round: RoundCard;
  sharing: boolean;
  current?: string | undefined;
  label: string;
}) {
  return (
    <List label={label}>
      {students.map((s) => {
        const status = round.state === 'open' ? '' : statusText(s, sharing);
        return (
          <ListRow
            key={s.student.id}
            href={`/rounds/${round.id}/students/${s.student.id}`}
            current={s.student.id === current}
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
                  <StoplightStrip
                    size={17}
                    items={inOrder(s.strip).map((x) => ({ light: x.stoplight, name: x.subject }))}
                  />
                )}
                {status && <span>{status}</span>}
              </span>
            }
          />
        );
      })}
    </List>
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
