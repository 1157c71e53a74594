import { useEffect, useState } from 'preact/hooks';
import { Banner, Button, confirm, Loaded, Menu, PageHeader, SkeletonCard, toast } from '../../components';
import { ApiProblem, api } from '../../lib/api';
import { deadline } from '../../lib/calendar';
import { t } from '../../lib/i18n';
import { type Load, useLoad } from '../../lib/load';
import { go } from '../../lib/navigate';
import type { ScreenProps } from '../../lib/screen';
import { countsFiles } from '../board/export-menu';
import { CloseSheet, ReopenSheet } from './act-sheets';
import { ProgressPart } from './progress-part';
import type { RoundDetail, RoundProgress } from './types';
import './organise.css';

const REFRESH_MS = 20_000;

/** One round: what it is, how far it is, and what the organiser may do with it now. */
export default function OrganisedRoundPage({ round }: ScreenProps<'round'>) {
  const detail = useLoad<RoundDetail>(`/rounds/${round}`);
  const state = detail.data?.state;
  const progress = useLoad<RoundProgress>(state && state !== 'draft' ? `/rounds/${round}/progress` : null);
  const reload = progress.reload;
  useEffect(() => {
    if (state !== 'open') return;
    const timer = setInterval(() => document.visibilityState === 'visible' && reload(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [state, reload]);
  return (
    <section class="page wide">
      <Loaded from={detail} skeleton={<SkeletonCard rows={4} />}>
        {(found) => <OneRound detail={found} load={detail} progress={progress} />}
      </Loaded>
    </section>
  );
}

interface OneRoundProps {
  detail: RoundDetail;
  load: Load<RoundDetail>;
  progress: Load<RoundProgress>;
}

function OneRound({ detail, load, progress }: OneRoundProps) {
  const [sheet, setSheet] = useState<'close' | 'reopen' | null>(null);
  const done = (text: string) => {
    setSheet(null);
    toast(text);
    load.reload();
    progress.reload();
  };
  const act = async (what: 'open' | 'archive', text: string) => {
    try {
      await api.post(`/rounds/${detail.id}/${what}`);
      done(text);
    } catch (error) {
      toast(error instanceof ApiProblem ? `${error.title}. ${error.detail}` : t('organise.form.offline'));
    }
  };
  const open = async () => {
    const yes = await confirm({
      title: t('organise.open.title'),
      text: t('organise.open.text', { when: deadline(detail.deadline) }),
      yes: t('organise.open.act'),
    });
    if (yes) await act('open', t('organise.open.done'));
  };
  const archive = async () => {
    const yes = await confirm({
      title: t('organise.archive.title'),
      text: t('organise.archive.text'),
      yes: t('organise.archive.act'),
    });
    if (yes) await act('archive', t('organise.archive.done'));
  };
  const remove = async () => {
    const yes = await confirm({ title: t('organise.delete.title'), yes: t('organise.delete.act'), danger: true });
    if (!yes) return;
    await api.del(`/rounds/${detail.id}`);
    toast(t('organise.delete.done'));
    go('/organise');
  };
  const menu = {
    draft: [{ label: t('organise.delete.act'), icon: 'trash' as const, onClick: remove, danger: true }],
    open: countsFiles(detail.id),
    closed: [...countsFiles(detail.id), { label: t('organise.archive.act'), icon: 'lock' as const, onClick: archive }],
    archived: countsFiles(detail.id),
  }[detail.state];
  const groups = progress.data?.groups ?? [];
  return (
    <div class="stack loose">
      <PageHeader
        title={detail.name}
        subtitle={`${t(`organise.state.${detail.state}`)} · ${t('organise.deadline', { when: deadline(detail.deadline) })}`}
        back="/organise"
        end={menu.length > 0 && <Menu label={t('organise.more')} items={menu} />}
      />
      {detail.state === 'open' && detail.only_groups && (
        <Banner icon="info">{t('organise.partly', { n: detail.only_groups.length })}</Banner>
      )}
      {detail.explanation_html && <div class="prose" dangerouslySetInnerHTML={{ __html: detail.explanation_html }} />}
      <p class="small soft">
        {t(detail.sharing ? 'organise.with_sharing' : 'organise.without_sharing')}{' '}
        {t(detail.mentors_watch ? 'organise.with_watch' : 'organise.without_watch')}
      </p>
      <div class="row">
        {detail.state === 'draft' && (
          <Button kind="primary" onClick={open}>
            {t('organise.open.act')}
          </Button>
        )}
        {detail.state === 'open' && (
          <Button kind="primary" icon="lock" onClick={() => setSheet('close')}>
            {t('organise.close.act')}
          </Button>
        )}
        {detail.state === 'closed' && (
          <Button icon="undo" onClick={() => setSheet('reopen')}>
            {t('organise.reopen.act')}
          </Button>
        )}
        {detail.state !== 'archived' && (
          <Button kind="ghost" icon="pencil" href={`/organise/${detail.id}/edit`}>
            {t('organise.edit')}
          </Button>
        )}
      </div>
      {detail.state !== 'draft' && (
        <Loaded from={progress} skeleton={<SkeletonCard rows={6} />}>
          {(found) => <ProgressPart detail={detail} progress={found} onChanged={done} />}
        </Loaded>
      )}
      {sheet === 'close' && (
        <CloseSheet
          round={detail.id}
          groups={groups}
          onDone={() => done(t('organise.close.done'))}
          onClose={() => setSheet(null)}
        />
      )}
      {sheet === 'reopen' && (
        <ReopenSheet
          round={detail.id}
          groups={groups}
          onDone={() => done(t('organise.reopen.done'))}
          onClose={() => setSheet(null)}
        />
      )}
    </div>
  );
}
