import { useEffect, useRef } from 'preact/hooks';
import {
  Avatar,
  Button,
  type FOUR,
  Icon,
  IconButton,
  NoPictureButton,
  type Stoplight,
  StoplightButtons,
  StoplightSymbol,
  stoplightName,
} from '../../components';
import { t } from '../../lib/i18n';
import { useKeys } from '../../lib/keys';
import { type Signal, useSignal } from '../../lib/signals';
import type { Direction } from '../../lib/swipe';
import { keysOn } from './keys-setting';
import type { Rating, Row } from './rating';
import { EMPTY, type Seat, seated } from './seats';

type Four = (typeof FOUR)[number];

export const TOWARD: Record<Direction, Four> = {
  up: 'excellent',
  right: 'on_track',
  left: 'attention',
  down: 'warning',
};
const ARROW = { up: 'forward', right: 'forward', left: 'back', down: 'down' } as const;
/** What a moving card needs. It is fetched beside the first card, which can be tapped before that is here. */
let parts: typeof import('./swiping') | undefined;
const hand = import('./swiping').then(
  (found) => {
    parts = found;
    return found;
  },
  () => undefined,
);

export function Cards({ rating }: { rating: Rating }) {
  const rows = rating.asked.value;
  const row = rows.find((one) => one.student.id === rating.current.value);
  const stage = useRef<HTMLDivElement>(null);
  const seats = useRef(EMPTY);
  const aimed = useSignal<Four | null>(null);
  const sure = useSignal(false);

  const rate = (light: Stoplight) => {
    // Who is quicker than the frame means the student whose card is coming, not the one who leaves.
    parts?.settle();
    const row = rating.row(rating.current.peek());
    if (!row) return;
    if (row.waiting?.trouble?.kind === 'stale') {
      rating.compare(row.student.id);
      return;
    }
    if (light === 'no_picture') {
      rating.choose(row.student.id, light);
      rating.last.value = row.student.id;
      rating.open(row.student.id, 'next');
      return;
    }
    const give = () => void rating.rate(row.student.id, light);
    if (parts && stage.current && rating.wouldGoOn(row.student.id, light)) parts.leave(stage.current, light, give);
    else rating.pace(give);
  };
  const latest = useRef(rate);
  latest.current = rate;

  useEffect(() => {
    let stop: (() => void) | undefined;
    let over = false;
    void hand.then((found) => {
      if (over || !found || !stage.current) return;
      rating.pace = found.soon;
      stop = found.swiping(stage.current, {
        aim: (toward, far) => {
          aimed.value = toward && TOWARD[toward];
          sure.value = far;
        },
        done: (toward) => latest.current(TOWARD[toward]),
      });
    });
    return () => {
      over = true;
      stop?.();
    };
  }, [rating, aimed, sure]);

  useKeys(keysOn.value ? (event) => parts?.pressed(rating, event) : null);

  if (!row) return null;
  const next = rating.following(row.student.id);
  seats.current = seated(seats.current, row.student.id, next?.student.id, rating.arrival.peek());
  return (
    <>
      <div ref={stage} class="rate-stack">
        {seats.current.map(({ key, student, came }) => {
          const one = student === row.student.id ? row : next;
          return (
            one && (
              <Card key={key} rating={rating} row={one} came={came} below={one !== row} aimed={aimed} sure={sure} />
            )
          );
        })}
        <div class="rate-sky" aria-hidden="true" />
      </div>
      <JustRated rating={rating} />
      <div class="rate-four" data-aim={aimed.value ?? undefined}>
        <StoplightButtons
          value={row.content.stoplight}
          onChange={rate}
          label={t('rate.rate', { name: row.student.name })}
          keys={keysOn.value}
        />
      </div>
      <div class="rate-acts">
        <Button kind="ghost" icon="undo" disabled={!rating.canUndo} onClick={() => rating.undo()}>
          {t('rate.undo')}
        </Button>
        <NoPictureButton pressed={row.content.stoplight === 'no_picture'} onPress={() => rate('no_picture')} />
        <Button
          kind="ghost"
          icon="list"
          onClick={() => {
            rating.view.value = 'list';
          }}
        >
          {t('rate.list')}
        </Button>
      </div>
    </>
  );
}

interface CardProps {
  rating: Rating;
  row: Row;
  came: Seat['came'];
  /** It lies beneath the card on top: to be seen, not to be used. */
  below: boolean;
  aimed: Signal<Four | null>;
  sure: Signal<boolean>;
}

function Card({ rating, row, came, below, aimed, sure }: CardProps) {
  const { student, pair, content } = row;
  const light = content.stoplight;
  const rows = rating.asked.value;
  return (
    <article
      class={`rate-card rate-card-${below ? 'below' : 'top'} rate-card-${came}`}
      aria-label={student.name}
      aria-hidden={below}
      inert={below}
    >
      {!below && <Target aimed={aimed} sure={sure} />}
      <Avatar initials={student.initials} size="large" light={light} />
      <h2 class="rate-name">
        <a href={`/students/${student.id}`} data-selectable draggable={false}>
          {student.name}
          {student.apart && <span class="rate-apart"> {student.apart}</span>}
        </a>
      </h2>
      {rows.length > 1 && (
        <div class="rate-count">
          <IconButton icon="back" label={t('rate.previous')} onClick={() => rating.step(-1)} />
          <button
            type="button"
            class="rate-jump soft numeric"
            aria-haspopup="dialog"
            title={t('rate.jump')}
            onClick={() => {
              rating.jumping.value = true;
            }}
          >
            {t('rate.count', { i: rows.indexOf(row) + 1, n_all: rows.length })}
            <span class="visually-hidden">, {t('rate.jump')}</span>
          </button>
          <IconButton icon="forward" label={t('rate.following')} onClick={() => rating.step(1)} />
        </div>
      )}
      <div class="rate-facts">
        {light && (
          <button type="button" class={`chip tint-${light}`} onClick={() => rating.open(student.id, 'stay')}>
            <StoplightSymbol light={light} size={20} />
            {row.by
              ? t('rate.given_by', { name: row.by, light: stoplightName(light) })
              : t(row.complete ? 'rate.given' : 'rate.given_missing', { light: stoplightName(light) })}
          </button>
        )}
        {row.by && (content.remark || content.action) && (
          <p class="rate-snippet small soft" dir="auto">
            {content.remark || content.action}
          </p>
        )}
        {pair.last ? (
          <button type="button" class="chip" onClick={() => rating.clock(student.id)}>
            {t('rate.last')}
            <span class={`light-label ink-${pair.last.stoplight}`}>
              <StoplightSymbol light={pair.last.stoplight} size={20} />
              {stoplightName(pair.last.stoplight)}
            </span>
            <span class="rate-look">{t('rate.look')}</span>
          </button>
        ) : (
          <span class="small soft">{t('rate.last_none')}</span>
        )}
      </div>
    </article>
  );
}

/** While dragging: where the card would go. */
function Target({ aimed, sure }: Pick<CardProps, 'aimed' | 'sure'>) {
  const light = aimed.value;
  if (!light) return null;
  return (
    <div
      class={`rate-target rate-target-${light} tint-${light}`}
      data-sure={sure.value || undefined}
      aria-hidden="true"
    >
      <StoplightSymbol light={light} size={44} />
      <span>{stoplightName(light)}</span>
    </div>
  );
}

/** The student rated just now stays in reach for a free word. Before the first one: how it works. */
function JustRated({ rating }: { rating: Rating }) {
  const row = rating.row(rating.last.value);
  const light = row?.content.stoplight;
  if (!row || !light || row.student.id === rating.current.value) {
    return (
      <p class="rate-just rate-tip small soft" aria-hidden="true">
        {(Object.keys(ARROW) as Direction[]).map((way) => (
          <span key={way} class={`rate-way rate-way-${way}`}>
            <Icon name={ARROW[way]} size={15} />
            {stoplightName(TOWARD[way])}
          </span>
        ))}
      </p>
    );
  }
  const written = row.content.remark || row.content.action;
  return (
    <button type="button" class="rate-just rate-word" onClick={() => rating.open(row.student.id, 'stay')}>
      <StoplightSymbol light={light} size={22} label />
      <span class="rate-word-name">{row.student.name}</span>
      <span class="rate-word-act">
        <Icon name="pencil" size={18} />
        {t(!row.complete ? 'rate.lacks' : written ? 'rate.word_more' : 'rate.word')}
      </span>
    </button>
  );
}
