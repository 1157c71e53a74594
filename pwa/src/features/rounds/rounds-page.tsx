import { useEffect, useMemo } from 'preact/hooks';
import { Button, EmptyState, Icon, Loaded, PageHeader, Progress, SkeletonCard, WeekHint } from '../../components';
import { deadline, isPast } from '../../lib/calendar';
import { day } from '../../lib/dates';
import { t } from '../../lib/i18n';
import { useKept } from '../../lib/kept';
import { lazily } from '../../lib/lazily';
import { outboxOf } from '../../lib/my-outbox';
import type { Outbox } from '../../lib/outbox';
import { me } from '../../lib/session';
import { groupTitle } from '../rate/group-title';
import type { MyGroup, MyRound } from '../rate/types';
import './rounds.css';

const Attention = lazily(() => import('./attention'));
const Questions = lazily(() => import('./questions'));
const PushOffer = lazily(() => import('../notices/push-offer'));

/** *Mijn besprekingen*: what is open, until when, and how much is still to do. */
export default function RoundsPage() {
  const person = me.value?.id;
  const outbox = useMemo(() => (person ? outboxOf(person) : null), [person]);
  const load = useKept<MyRound[]>(person ? '/my/rounds' : null, () => {
    // A round that opened meanwhile comes onto the phone too.
    const known = me.peek();
    if (known) void import('./ahead').then(({ keepAhead }) => keepAhead(known)).catch(() => undefined);
  });
  return (
    <section class="page rounds">
      <PageHeader title={t('rounds.title')} />
      {outbox && <Waiting outbox={outbox} />}
      <WeekHint />
      <Questions />
      <Loaded from={load} skeleton={<RoundsSkeleton />}>
        {(rounds) => <Rounds rounds={rounds} outbox={outbox} />}
      </Loaded>
      <PushOffer reason={t('inbox.offer_rounds')} />
    </section>
  );
}

function Rounds({ rounds, outbox }: { rounds: MyRound[]; outbox: Outbox | null }) {
  const open = rounds.filter((round) => round.state === 'open');
  const past = rounds.filter((round) => round.state !== 'open');
  return (
    <div class="stack loose">
      {open.length === 0 && <EmptyState icon="rounds" title={t('rounds.none')} text={t('rounds.none_why')} />}
      {open.map((round) => (
        <OpenRound key={round.id} round={round} outbox={outbox} />
      ))}
      {past.length > 0 && (
        <section class="stack tight" aria-labelledby="rounds-past">
          <h2 class="heading" id="rounds-past">
            {t('rounds.past')}
          </h2>
          {past.map((round) => (
            <details key={round.id} class="rounds-past">
              <summary>
                <span>
                  <span class="list-row-title">{round.name}</span>
                  <span class="small soft">
                    {round.closed_at ? t('rounds.closed_on', { day: day(round.closed_at) }) : t('rounds.closed')}
                  </span>
                </span>
                <Icon name="down" size={18} />
              </summary>
              <Groups round={round} outbox={outbox} />
            </details>
          ))}
        </section>
      )}
      <p>
        <a class="rounds-how" href="/how-to">
          <Icon name="book" size={20} />
          {t('rounds.how_to')}
        </a>
      </p>
    </div>
  );
}

/** Counts what this device has over what the server told. */
function withOwn(round: string, group: MyGroup, outbox: Outbox | null): MyGroup {
  if (!outbox) return group;
  let { done } = group;
  for (const item of outbox.items.value.values()) {
    if (item.round !== round || item.group !== group.id || item.trouble) continue;
    done += Number(item.complete) - Number(item.was_complete);
  }
  return { ...group, done: Math.max(0, Math.min(group.total, done)) };
}

function OpenRound({ round, outbox }: { round: MyRound; outbox: Outbox | null }) {
  const groups = round.groups.map((group) => withOwn(round.id, group, outbox));
  const open = groups.filter((group) => group.open);
  const left = open.reduce((sum, group) => sum + group.total - group.done, 0);
  const total = open.reduce((sum, group) => sum + group.total, 0);
  const late = isPast(round.deadline);
  return (
    <article class="card rounds-open stack" aria-labelledby={`round-${round.id}`}>
      <header>
        <h2 class="heading" id={`round-${round.id}`}>
          {round.name}
        </h2>
        <p class={late && left > 0 ? 'rounds-deadline ink-attention' : 'rounds-deadline soft'}>
          <Icon name="clock" size={18} />
          {late
            ? t('rounds.deadline_past', { when: deadline(round.deadline) })
            : t('rounds.deadline', { when: deadline(round.deadline) })}
        </p>
      </header>
      {round.explanation_html && (
        // The server makes this HTML from a small set of Markdown and lets nothing else through.
        <div class="explained" dangerouslySetInnerHTML={{ __html: round.explanation_html }} />
      )}
      {total > 0 && (
        <div class="rounds-sum">
          <Progress value={total - left} max={total} label={t('rounds.progress')} />
          <p class="label">{left > 0 ? t('rounds.left', { n: left }) : t('rounds.all_done')}</p>
        </div>
      )}
      <Groups round={{ ...round, groups }} outbox={null} />
    </article>
  );
}

function Groups({ round, outbox }: { round: MyRound; outbox: Outbox | null }) {
  return (
    <ul class="list rounds-groups">
      {round.groups.map((one) => {
        const group = withOwn(round.id, one, outbox);
        const left = group.total - group.done;
        const ready = group.total > 0 && left === 0;
        return (
          <li key={group.id}>
            <a class="list-row" href={`/rounds/${round.id}/groups/${group.id}`}>
              <span class="list-row-text">
                <span class="list-row-title">{groupTitle(group)}</span>
                <span class={ready ? 'small ink-on_track rounds-ready' : 'small soft'}>
                  {ready && <Icon name="check" size={16} />}
                  {!group.open && round.state === 'open'
                    ? t('rounds.group_closed')
                    : ready
                      ? t('rounds.group_done', { n: group.total })
                      : round.state === 'open'
                        ? t('rounds.group_left', { n: left })
                        : t('rounds.group_was', { done: group.done, total: group.total })}
                </span>
                {group.open && !ready && group.done > 0 && (
                  <Progress value={group.done} max={group.total} label={t('rounds.progress')} />
                )}
              </span>
              <Icon name="forward" size={18} />
            </a>
          </li>
        );
      })}
    </ul>
  );
}

/** Texts that are not at the server: those that go by themselves, and those that need their writer. */
function Waiting({ outbox }: { outbox: Outbox }) {
  const items = [...outbox.items.value.values()];
  const troubled = items.filter((item) => item.trouble);
  const going = items.length - troubled.length;
  useEffect(() => {
    if (troubled.length > 0 && location.hash === '#attention') document.getElementById('attention')?.scrollIntoView();
  }, [troubled.length > 0]);
  return (
    <>
      {going > 0 && (
        <p class="rounds-waiting small" role="status">
          <Icon name="device" size={18} />
          {t(outbox.memoryOnly.value ? 'rounds.waiting_memory' : 'rounds.waiting', { n: going })}
          {outbox.signedOut.value ? null : (
            <Button small kind="ghost" onClick={() => outbox.resume()}>
              {t('rounds.send_now')}
            </Button>
          )}
        </p>
      )}
      {troubled.length > 0 && <Attention outbox={outbox} />}
    </>
  );
}

function RoundsSkeleton() {
  return (
    <div class="stack loose">
      <SkeletonCard rows={5} />
      <SkeletonCard rows={2} />
    </div>
  );
}
