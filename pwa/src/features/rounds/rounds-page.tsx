import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Button, EmptyState, Icon, Loaded, PageHeader, Progress, SkeletonCard, WeekHint } from '../../components';
import { deadline, isPast } from '../../lib/calendar';
import type { Waiting } from '../../lib/conflict';
import { counted } from '../../lib/counted';
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
  const waits = goingOf(outbox) > 0;
  const { reload } = load;
  useEffect(() => {
    if (!waits) return;
    // Whether an answer that came meanwhile has them already cannot be told: once all has left, the server is asked again.
    return () => void counted().then(reload);
  }, [waits]);
  return (
    <section class="page rounds">
      <PageHeader title={t('rounds.title')} />
      {outbox && <OnItsWay outbox={outbox} />}
      <WeekHint />
      <Loaded from={load} skeleton={<RoundsSkeleton />}>
        {(rounds) => <Rounds rounds={rounds} outbox={outbox} />}
      </Loaded>
      {load.data && <PushOffer reason={t('inbox.offer_rounds')} />}
    </section>
  );
}

/**
 * The own texts that these counts do not have: those that wait, and those that arrived since. The server's next answer has
 * them, and so has the copy on the device (lib/counted.ts).
 */
function useUncounted(rounds: MyRound[], outbox: Outbox | null): readonly Waiting[] {
  const since = useRef({ rounds, items: new Map<string, Waiting>() });
  if (since.current.rounds !== rounds) since.current = { rounds, items: new Map() };
  const { items } = since.current;
  for (const [name, item] of outbox?.items.value ?? []) {
    if (item.trouble) items.delete(name);
    // What arrived in the midst of newer words is not in these counts either.
    else items.set(name, { ...item, was_complete: items.get(name)?.was_complete ?? item.was_complete });
  }
  return [...items.values()];
}

function Rounds({ rounds, outbox }: { rounds: MyRound[]; outbox: Outbox | null }) {
  const own = useUncounted(rounds, outbox);
  const open = rounds.filter((round) => round.state === 'open');
  const past = rounds.filter((round) => round.state !== 'open');
  return (
    <div class="stack loose">
      {open.length === 0 && <EmptyState icon="rounds" title={t('rounds.none')} text={t('rounds.none_why')} />}
      {open.map((round) => (
        <OpenRound key={round.id} round={withOwn(round, own)} />
      ))}
      {/* They come a moment later than the groups, and move none of an open round away from under a thumb. */}
      <Questions />
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
              <Groups round={withOwn(round, own)} />
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

/** Counts the own texts over what the server told. */
function withOwn(round: MyRound, own: readonly Waiting[]): MyRound {
  const more = (group: MyGroup) =>
    own
      .filter((item) => item.round === round.id && item.group === group.id)
      .reduce((sum, item) => sum + Number(item.complete) - Number(item.was_complete), 0);
  const groups = round.groups.map((group) => ({
    ...group,
    done: Math.max(0, Math.min(group.total, group.done + more(group))),
  }));
  return { ...round, groups };
}

function OpenRound({ round }: { round: MyRound }) {
  const open = round.groups.filter((group) => group.open);
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
      <Groups round={round} />
    </article>
  );
}

function Groups({ round }: { round: MyRound }) {
  return (
    <ul class="list rounds-groups">
      {round.groups.map((group) => {
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

/** How many texts go by themselves. */
const goingOf = (outbox: Outbox | null) =>
  [...(outbox?.items.value.values() ?? [])].filter((item) => !item.trouble).length;

/** Texts that are not at the server: those that go by themselves, and those that need their writer. */
function OnItsWay({ outbox }: { outbox: Outbox }) {
  const going = goingOf(outbox);
  const troubled = outbox.items.value.size - going;
  // Once it was said that something waits, the line keeps its place: what is below does not move under a thumb.
  const said = useRef(false);
  if (going > 0) said.current = true;
  useEffect(() => {
    if (troubled > 0 && location.hash === '#attention') document.getElementById('attention')?.scrollIntoView();
  }, [troubled > 0]);
  return (
    <>
      {said.current && (
        <p class="rounds-waiting small" role="status">
          <span class="rounds-said">
            {going + troubled === 0 ? (
              <>
                <Icon name="check" size={18} />
                <span>{t('rounds.waiting_none')}</span>
              </>
            ) : (
              going > 0 && (
                <>
                  <Icon name="device" size={18} />
                  <span>{t(outbox.memoryOnly.value ? 'rounds.waiting_memory' : 'rounds.waiting', { n: going })}</span>
                </>
              )
            )}
          </span>
          {outbox.signedOut.value ? null : (
            <Button small kind="ghost" class={going > 0 ? '' : 'rounds-gone'} onClick={() => outbox.resume()}>
              {t('rounds.send_now')}
            </Button>
          )}
        </p>
      )}
      {troubled > 0 && <Attention outbox={outbox} />}
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
