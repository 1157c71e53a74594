import { EmptyState, Loaded, Sheet, SkeletonText, StoplightLabel } from '../../components';
import { day } from '../../lib/dates';
import { t } from '../../lib/i18n';
import { useKept } from '../../lib/kept';
import type { Row } from './rating';
import type { GroupHistory } from './types';

/** The clock of the whole group is on the device already; it changes when a round closes. */
const YOUNG_MS = 60 * 60 * 1000;

/** The clock: earlier feedback on this student in this subject, newest first. `path` leads to that of the group. */
export function ClockSheet({
  open,
  row,
  path,
  onClose,
}: {
  open: boolean;
  row: Row;
  path: string;
  onClose: () => void;
}) {
  const load = useKept<GroupHistory>(open ? path : null, undefined, YOUNG_MS);
  return (
    <Sheet open={open} onClose={onClose} side title={row.student.name} subtitle={t('rate.clock')}>
      <Loaded from={load} skeleton={<SkeletonText rows={4} />}>
        {(history) => {
          const entries = history.find(({ student }) => student === row.student.id)?.entries ?? [];
          return entries.length === 0 ? (
            <EmptyState icon="clock" title={t('rate.clock_none')} text={t('rate.clock_none_why')} />
          ) : (
            <ol class="rate-clock">
              {entries.map((entry) => (
                <li key={`${entry.round_id}${entry.group}`} class="stack tight">
                  <p class="small soft">
                    {[entry.round_name, entry.closed_at && day(entry.closed_at), entry.author]
                      .filter(Boolean)
                      .join(' · ')}
                  </p>
                  {entry.stoplight && <StoplightLabel light={entry.stoplight} />}
                  {entry.remark && <p class="prose">{entry.remark}</p>}
                  {entry.action && (
                    <p class="prose">
                      <span class="written-label">{t('subject.action')} </span>
                      {entry.action}
                    </p>
                  )}
                </li>
              ))}
            </ol>
          );
        }}
      </Loaded>
    </Sheet>
  );
}
