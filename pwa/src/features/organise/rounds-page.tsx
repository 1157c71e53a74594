import { Button, EmptyState, List, ListRow, Loaded, PageHeader, Progress, SkeletonList } from '../../components';
import { deadline } from '../../lib/calendar';
import { day } from '../../lib/dates';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import { TemplatesPart } from './templates-part';
import type { RoundSummary } from './types';
import './organise.css';

const ORDER = ['open', 'draft', 'closed', 'archived'] as const;

/** All rounds of the school: what runs now first, and the way to the next one. */
export default function OrganisePage() {
  const rounds = useLoad<RoundSummary[]>('/rounds');
  return (
    <section class="page">
      <PageHeader
        title={t('organise.title')}
        end={
          <Button kind="ghost" small icon="list" href="/organise/figures">
            {t('figures.title')}
          </Button>
        }
      />
      <Loaded from={rounds} skeleton={<SkeletonList rows={5} />}>
        {(all) => (all.length > 0 ? <Rounds rounds={all} /> : <None />)}
      </Loaded>
      <TemplatesPart />
    </section>
  );
}

function None() {
  return (
    <EmptyState icon="rounds" title={t('organise.none')} text={t('organise.none_why')}>
      <Button kind="primary" icon="plus" href="/organise/new">
        {t('organise.new')}
      </Button>
    </EmptyState>
  );
}

function Rounds({ rounds }: { rounds: RoundSummary[] }) {
  const last = rounds.find((round) => round.state !== 'draft') ?? rounds[0];
  return (
    <div class="stack loose">
      <div class="row">
        <Button kind="primary" icon="plus" href={last ? `/organise/new?from=${last.id}` : '/organise/new'}>
          {t('organise.new')}
        </Button>
        {last && (
          <Button kind="ghost" href="/organise/new">
            {t('organise.new_empty')}
          </Button>
        )}
      </div>
      {ORDER.map((state) => {
        const some = rounds.filter((round) => round.state === state);
        if (some.length === 0) return null;
        return (
          <section key={state} class="stack tight" aria-labelledby={`organise-${state}`}>
            <h2 class="heading" id={`organise-${state}`}>
              {t(`organise.state.${state}`)}
            </h2>
            <List>
              {some.map((round) => (
                <ListRow
                  key={round.id}
                  href={`/organise/${round.id}`}
                  title={round.name}
                  text={<About round={round} />}
                />
              ))}
            </List>
          </section>
        );
      })}
    </div>
  );
}

function About({ round }: { round: RoundSummary }) {
  if (round.state === 'draft') return <>{t('organise.deadline', { when: deadline(round.deadline) })}</>;
  const count = t('organise.count', { done: round.done, total: round.total });
  if (round.state === 'open') {
    return (
      <>
        <span class="organise-line">
          {t('organise.deadline', { when: deadline(round.deadline) })} · {count}
        </span>
        <Progress value={round.done} max={Math.max(round.total, 1)} label={count} />
      </>
    );
  }
  return (
    <>
      {round.closed_at ? `${t('organise.closed_on', { day: day(round.closed_at) })} · ` : ''}
      {count}
    </>
  );
}
