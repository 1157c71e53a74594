import { EmptyState, Loaded, Sheet, SkeletonCard, StoplightLabel } from '../../components';
import { useClosing } from '../../lib/closing';
import { day } from '../../lib/dates';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import type { EarlierFeedback, StudentCard, SubjectFeedback } from './types';

/** The clock: earlier feedback on this student in this subject, by any teacher, the newest first. */
export function ClockSheet({
  student,
  subject,
  round,
  onClose,
}: {
  student: StudentCard;
  /** The round that is open on the page; the clock shows the others. */
  round: string;
  subject: SubjectFeedback;
  onClose: () => void;
}) {
  const { open, close } = useClosing(onClose);
  const history = useLoad<EarlierFeedback[]>(`/students/${student.id}/subjects/${subject.subject_id}/history`);
  return (
    <Sheet
      open={open}
      side
      onClose={close}
      title={subject.subject}
      subtitle={t('report.clock_of', { name: student.name })}
    >
      <Loaded from={history} skeleton={<SkeletonCard />}>
        {(all: EarlierFeedback[]) => {
          const rounds = all.filter((entry) => entry.round_id !== round);
          return rounds.length > 0 ? (
            <ol class="clock">
              {rounds.map((entry) => (
                <li key={`${entry.round_id}/${entry.group}`} class="stack tight">
                  <div class="row spread">
                    {entry.stoplight && <StoplightLabel light={entry.stoplight} />}
                    {entry.closed_at && <span class="small soft">{day(entry.closed_at)}</span>}
                  </div>
                  {entry.remark && <p class="prose">{entry.remark}</p>}
                  {entry.action && (
                    <div class="written">
                      <p class="written-label">{t('subject.action')}</p>
                      <p class="prose">{entry.action}</p>
                    </div>
                  )}
                  <p class="small soft">{[entry.round_name, entry.author, entry.group].join(' · ')}</p>
                </li>
              ))}
            </ol>
          ) : (
            <EmptyState icon="clock" title={t('report.clock_none')} text={t('report.clock_none_why')} />
          );
        }}
      </Loaded>
    </Sheet>
  );
}
