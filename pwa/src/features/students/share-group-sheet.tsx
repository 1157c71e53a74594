import { useState } from 'preact/hooks';
import { Button, ErrorState, List, ListRow, Sheet, Switch } from '../../components';
import { api } from '../../lib/api';
import { useClosing } from '../../lib/closing';
import { t } from '../../lib/i18n';
import type { GroupShared, RoundCard, StudentGroup } from '../report/types';
import { incomplete, listed } from './status';

/** Shares the reports of a whole home group in one act; says first with whom, and where feedback is still missing. */
export function ShareGroupSheet({
  group,
  round,
  onClose,
  onShared,
}: {
  group: StudentGroup;
  round: RoundCard;
  onClose: () => void;
  onShared: () => void;
}) {
  const { open, close } = useClosing(onClose);
  const [guardians, setGuardians] = useState(true);
  const [outcome, setOutcome] = useState<GroupShared | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [keys] = useState(() => ({ with: crypto.randomUUID(), without: crypto.randomUUID() }));
  const waiting = group.students.filter((s) => s.shared === null);
  const partly = waiting.filter(incomplete);

  async function share() {
    setError(null);
    try {
      // Tried again it is the same act: an answer that got lost shares nothing twice.
      const key = guardians ? keys.with : keys.without;
      const path = `/rounds/${round.id}/home-groups/${group.id}/share`;
      setOutcome(await api.post<GroupShared>(path, { guardians }, { key }));
      onShared();
    } catch (problem) {
      setError(problem);
    }
  }

  return (
    <Sheet
      open={open}
      onClose={close}
      title={t('students.share_title', { group: group.title })}
      subtitle={round.name}
      footer={
        outcome ? (
          <Button kind="primary" wide onClick={close}>
            {t('report.ready')}
          </Button>
        ) : (
          <Button kind="primary" wide icon="share" onClick={share}>
            {t('students.share_n', { n: waiting.length })}
          </Button>
        )
      }
    >
      {outcome ? (
        <div class="stack" role="status">
          <p class="heading">{t('students.shared_n', { n: outcome.shared })}</p>
          {outcome.skipped.length > 0 && (
            <>
              <p>{t('students.skipped', { n: outcome.skipped.length })}</p>
              <List label={t('students.skipped_label')}>
                {outcome.skipped.map(({ student, reason }) => (
                  <ListRow key={student.id} title={listed(student)} text={t(`students.skipped.${reason}`)} />
                ))}
              </List>
            </>
          )}
        </div>
      ) : (
        <div class="stack">
          <p>{t('students.share_what')}</p>
          <Switch
            label={t('report.share.guardians')}
            help={t('report.share.guardians_help')}
            checked={guardians}
            onChange={setGuardians}
          />
          {partly.length > 0 && (
            <div class="stack tight">
              <p>{t('students.share_partly', { n: partly.length })}</p>
              <List label={t('students.share_partly_label')}>
                {partly.map((s) => (
                  <ListRow
                    key={s.student.id}
                    title={listed(s.student)}
                    text={t('students.n_of_m_spoken', { done: s.done ?? 0, total: s.total ?? 0 })}
                  />
                ))}
              </List>
            </div>
          )}
          {error !== null && <ErrorState error={error} />}
        </div>
      )}
    </Sheet>
  );
}
