import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Banner, Button, confirm, Loaded, Menu, PageHeader, SkeletonCard, toast } from '../../components';
import { announceScreen } from '../../lib/announce';
import { ApiProblem, api } from '../../lib/api';
import { deadline } from '../../lib/calendar';
import { moment } from '../../lib/dates';
import { t } from '../../lib/i18n';
import { type Load, useLoad } from '../../lib/load';
import { go } from '../../lib/navigate';
import type { ScreenProps } from '../../lib/screen';
import { countsFiles } from '../board/export-menu';
import { CloseSheet, ReopenSheet } from './act-sheets';
import { FiguresPage } from './figures';
import { followRound } from './follow-round';
import { ProgressPart } from './progress-part';
import { TemplateSheet } from './template-sheet';
import type { RoundDetail, RoundProgress } from './types';
import { DraftWorkload } from './workload';
import './organise.css';

/** One round: what it is, how far it is, and what the organiser may do with it now. */
function OrganisedRoundPage({ round }: ScreenProps<'round'>) {
  const detail = useLoad<RoundDetail>(`/rounds/${round}`);
  const state = detail.data?.state;
  const progress = useLoad<RoundProgress>(state && state !== 'draft' ? `/rounds/${round}/progress` : null);
  const [reload, reloadCounts] = [detail.reload, progress.reload];
  const followed = state !== undefined && state !== 'draft' && state !== 'archived';
  useEffect(() => {
    if (!followed) return;
    return followRound({
      url: `/api/v1/rounds/${round}/progress/live`,
      onCounts: reloadCounts,
      onRound: () => {
        reload();
        reloadCounts();
      },
    });
  }, [round, followed, reload, reloadCounts]);
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
  const [sheet, setSheet] = useState<'close' | 'reopen' | 'template' | null>(null);
  const done = (text?: string) => {
    setSheet(null);
    if (text) toast(text);
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
  const keep = async (name: string) => {
    await api.post('/round-templates', { name, round_id: detail.id });
    toast(t('organise.template.saved'));
  };
  const template = { label: t('organise.template.save'), icon: 'copy' as const, onClick: () => setSheet('template') };
  const menu = {
    draft: [template, { label: t('organise.delete.act'), icon: 'trash' as const, onClick: remove, danger: true }],
    open: [template, ...countsFiles(detail.id)],
    closed: [
      template,
      ...countsFiles(detail.id),
      { label: t('organise.archive.act'), icon: 'lock' as const, onClick: archive },
    ],
    archived: [template, ...countsFiles(detail.id)],
  }[detail.state];
  const partly = detail.state === 'open' && detail.only_groups;
  const closes = detail.state === 'open' && detail.closes_at;
  return (
    <div class="stack loose">
      <PageHeader
        title={detail.name}
        subtitle={`${t(`organise.state.${detail.state}`)} · ${t('organise.deadline', { when: deadline(detail.deadline) })}`}
        back="/organise"
        end={<Menu label={t('organise.more')} items={menu} />}
      />
      {partly && <Banner icon="info">{t('organise.partly', { n: partly.length })}</Banner>}
      {detail.explanation_html && (
        <div class="explained" dangerouslySetInnerHTML={{ __html: detail.explanation_html }} />
      )}
      <p class="small soft">
        {t(detail.sharing ? 'organise.with_sharing' : 'organise.without_sharing')}{' '}
        {t(detail.mentors_watch ? 'organise.with_watch' : 'organise.without_watch')}
        {closes && ` ${t('progress.closes', { when: moment(closes) })}`}
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
        {(detail.state === 'closed' || partly) && (
          <Button icon="undo" onClick={() => setSheet('reopen')}>
            {t(partly ? 'progress.reopen_more' : 'organise.reopen.act')}
          </Button>
        )}
        {detail.state !== 'archived' && (
          <Button kind="ghost" icon="pencil" href={`/organise/${detail.id}/edit`}>
            {t('organise.edit')}
          </Button>
        )}
      </div>
      {detail.state === 'draft' && <DraftWorkload audience={detail.audience ?? {}} />}
      {detail.state !== 'draft' && (
        <Loaded from={progress} skeleton={<SkeletonCard rows={6} />}>
          {(found) => <ProgressPart detail={detail} progress={found} onChanged={done} />}
        </Loaded>
      )}
      {sheet === 'template' && (
        <TemplateSheet
          title={t('organise.template.save')}
          name={detail.name}
          act={t('organise.template.save_act')}
          help={t('organise.template.save_help')}
          onSave={keep}
          onClose={() => setSheet(null)}
        />
      )}
      {sheet === 'close' && progress.data && (
        <CloseSheet
          detail={detail}
          progress={progress.data}
          onDone={() => done(t('organise.close.done'))}
          onClose={() => setSheet(null)}
        />
      )}
      {sheet === 'reopen' && progress.data && (
        <ReopenSheet
          detail={detail}
          progress={progress.data}
          onDone={() => done(t('organise.reopen.done'))}
          onClose={() => setSheet(null)}
        />
      )}
    </div>
  );
}

/** `/organise/figures` shares the address of a round: an address of its own would cost the first card. */
export default function OneOrganisedPage(props: ScreenProps<'round'>) {
  const figures = props.round === 'figures';
  const before = useRef(figures);
  useLayoutEffect(() => {
    // From a round to the figures the screen is the same, and yet another page.
    if (before.current !== figures) announceScreen(figures ? 'figures.title' : 'title.round');
    before.current = figures;
  }, [figures]);
  return figures ? <FiguresPage path={props.path} query={props.query} /> : <OrganisedRoundPage {...props} />;
}
