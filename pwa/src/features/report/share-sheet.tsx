import { useState } from 'preact/hooks';
import { Button, ErrorState, Hint, Loaded, Sheet, SkeletonCard, Switch, toast } from '../../components';
import { api } from '../../lib/api';
import { useClosing } from '../../lib/closing';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import { SharedContent } from './shared-content';
import type { Preview, Report } from './types';

/** Before sharing: the report exactly as the student will see it, and whether guardians read along. */
export function ShareSheet({
  report,
  onClose,
  onShared,
}: {
  report: Report;
  onClose: () => void;
  onShared: () => void;
}) {
  const [shared, setShared] = useState(false);
  const { open, close } = useClosing(() => {
    onClose();
    if (shared) onShared();
  });
  const path = `/rounds/${report.round.id}/students/${report.student.id}`;
  const preview = useLoad<Preview>(`${path}/preview`);
  const [guardians, setGuardians] = useState(report.share?.guardians ?? true);
  const [error, setError] = useState<unknown>(null);
  const [keys] = useState(() => ({ with: crypto.randomUUID(), without: crypto.randomUUID() }));
  const given = report.student.name.split(' ')[0] ?? report.student.name;

  async function share() {
    setError(null);
    try {
      // Tried again it is the same act; with the other choice about guardians it is another one.
      await api.post(`${path}/share`, { guardians }, { key: guardians ? keys.with : keys.without });
      toast(t('report.share.success', { name: given }));
      setShared(true);
      close();
    } catch (problem) {
      setError(problem);
    }
  }

  return (
    <Sheet
      open={open}
      onClose={close}
      title={t('report.share.preview')}
      subtitle={t('report.share.preview_why', { name: given })}
      footer={
        <Button kind="primary" wide icon="share" disabled={!preview.data} onClick={share}>
          {t('report.share.with', { name: given })}
        </Button>
      }
    >
      <Loaded from={preview} skeleton={<SkeletonCard />}>
        {(data: Preview) => (
          <div class="stack">
            <Switch
              label={t('report.share.guardians')}
              help={t('report.share.guardians_help')}
              checked={guardians}
              onChange={setGuardians}
            />
            {!data.message?.text && <Hint>{t('report.share.no_message', { name: given })}</Hint>}
            <div class="preview">
              <SharedContent
                subjects={data.subjects}
                message={data.message?.text ?? ''}
                decisions={data.decisions}
                reader="student"
                headings={3}
              />
            </div>
            {error !== null && <ErrorState error={error} />}
          </div>
        )}
      </Loaded>
    </Sheet>
  );
}
