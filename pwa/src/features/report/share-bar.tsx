import { useEffect, useState } from 'preact/hooks';
import { ActBar, Banner, Button, confirm, toast } from '../../components';
import { ApiProblem, api } from '../../lib/api';
import { day, moment, time } from '../../lib/dates';
import { t } from '../../lib/i18n';
import { messageSaved } from './mentor-message';
import { ShareSheet } from './share-sheet';
import type { Report } from './types';

/** Sharing as it stands: shared when and with whom, who has read it, changed since, and how to take it back. */
export function ShareState({ report, reload }: { report: Report; reload: () => void }) {
  const { share, round, can } = report;
  const mentor = report.relation === 'mentor';
  const waits = mentor && !share && !can.share && round.state !== 'archived';
  if (!share && !waits && round.state !== 'archived') return null;
  return (
    <div class="stack tight">
      {round.state === 'archived' && <Banner icon="lock">{t('report.archived')}</Banner>}
      {waits && <p class="soft">{round.sharing ? t('report.share.after_closing') : t('report.share.off')}</p>}
      {share && <Shared report={report} />}
      {share?.changed_since && mentor && (
        <Banner kind="attention" icon="alert">
          {t('report.share.changed')}
        </Banner>
      )}
      {share && can.recall && share.recall_until && (
        <Recall report={report} until={share.recall_until} reload={reload} />
      )}
    </div>
  );
}

/** The mentor's act: look at it as the student will, then share; again when something changed. */
export function ShareAct({ report, reload }: { report: Report; reload: () => void }) {
  const [sharing, setSharing] = useState(false);
  const { share, can } = report;
  if (!sharing && (!can.share || (share && !share.changed_since))) return null;

  function shared() {
    // How it stands is said on top.
    scrollTo(0, 0);
    reload();
  }

  async function preview() {
    // What is shared must be what the mentor reads here: the last words first.
    if (await messageSaved(report)) setSharing(true);
    else toast(t('report.share.message_first'));
  }

  return (
    <ActBar>
      <Button kind="primary" onClick={preview}>
        {share ? t('report.share.again') : t('report.share.act')}
      </Button>
      {sharing && <ShareSheet report={report} onClose={() => setSharing(false)} onShared={shared} />}
    </ActBar>
  );
}

function Shared({ report }: { report: Report }) {
  const { share, readers } = report;
  if (!share) return null;
  const key = share.guardians ? 'report.share.done_guardians' : 'report.share.done';
  return (
    <div class="small soft">
      <p>
        {t(key, { when: moment(share.shared_at) })}
        {share.number > 1 && ` ${t('report.share.version', { number: share.number })}`}
      </p>
      {readers && (
        <p>
          {readers.length > 0
            ? t('report.share.read_by', {
                names: readers.map((r) => `${r.name} (${day(r.read_at)})`).join(', '),
              })
            : t('report.share.unread')}
        </p>
      )}
    </div>
  );
}

function Recall({ report, until, reload }: { report: Report; until: string; reload: () => void }) {
  const [over, setOver] = useState(() => Date.parse(until) <= Date.now());
  useEffect(() => {
    const left = Date.parse(until) - Date.now();
    if (left <= 0) {
      setOver(true);
      return;
    }
    const timer = setTimeout(() => setOver(true), left);
    return () => clearTimeout(timer);
  }, [until]);
  if (over) return null;

  async function recall() {
    const yes = await confirm({
      title: t('report.recall.title'),
      text: t('report.recall.text'),
      yes: t('report.recall.act'),
      danger: true,
    });
    if (!yes) return;
    try {
      await api.post(`/rounds/${report.round.id}/students/${report.student.id}/recall`);
      toast(t('report.recall.done'));
    } catch (error) {
      toast(error instanceof ApiProblem ? `${error.title}. ${error.detail}` : t('report.no_connection'));
    }
    reload();
  }

  return (
    <div class="row spread recall">
      <p class="small soft">{t('report.recall.until', { time: time(until) })}</p>
      <Button kind="ghost" small icon="undo" onClick={recall}>
        {t('report.recall.act')}
      </Button>
    </div>
  );
}
