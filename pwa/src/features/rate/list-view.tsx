import { useSignal } from '@preact/signals';
import {
  Avatar,
  Button,
  Field,
  IconButton,
  NoPictureButton,
  Segmented,
  StoplightButtons,
  StoplightSymbol,
  stoplightName,
} from '../../components';
import { t } from '../../lib/i18n';
import { offerOthers } from './others';
import { OwnWords, untilText } from './own-words';
import type { Rating, Row } from './rating';

const SEARCH_FROM = 10;

/** Folds accents away, so that "zoe" finds Zoë. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** All students below each other, each with the four. */
export default function ListView({ rating }: { rating: Rating }) {
  const only = useSignal<'all' | 'to_do'>('all');
  const sought = useSignal('');
  const rows = rating.rows.value;
  const toDo = rating.asked.value.filter((row) => !row.complete).length;
  const shown = rows.filter(
    (row) =>
      (only.value === 'all' || (row.pair.state === 'expected' && !row.complete)) &&
      fold(row.student.name).includes(fold(sought.value.trim())),
  );
  return (
    <div class="rate-list-view">
      <div class="rate-filters">
        <Segmented
          label={t('rate.filter')}
          value={only.value}
          options={[
            { value: 'all', label: t('rate.filter_all', { n_all: rows.length }) },
            { value: 'to_do', label: t('rate.filter_to_do', { n_all: toDo }) },
          ]}
          onChange={(value) => {
            only.value = value as 'all' | 'to_do';
          }}
        />
        {rows.length >= SEARCH_FROM && (
          <Field
            type="search"
            label={t('rate.search')}
            value={sought.value}
            onInput={(text) => {
              sought.value = text;
            }}
          />
        )}
      </div>
      {shown.length === 0 ? (
        <p class="soft rate-none">
          {only.value === 'to_do' && !sought.value ? t('rate.filter_none') : t('rate.search_none')}
        </p>
      ) : (
        <ul class="list rate-list">
          {shown.map((row) => (
            <ListItem key={row.student.id} rating={rating} row={row} />
          ))}
        </ul>
      )}
      {only.value === 'all' && !sought.value && rating.unrated.length > 1 && (
        <Button icon="check" onClick={() => offerOthers(rating)}>
          {t('rate.others_n', { n: rating.unrated.length })}
        </Button>
      )}
      <div class="rate-acts rate-acts-sticky">
        <Button kind="ghost" icon="undo" disabled={!rating.canUndo} onClick={() => rating.undo()}>
          {t('rate.undo')}
        </Button>
        <Button
          kind="ghost"
          icon="cards"
          onClick={() => {
            rating.view.value = 'cards';
          }}
        >
          {t('rate.cards')}
        </Button>
      </div>
    </div>
  );
}

function ListItem({ rating, row }: { rating: Rating; row: Row }) {
  const { student, pair, content } = row;
  const to = (light: Parameters<Rating['rate']>[1]) => {
    if (row.waiting?.trouble?.kind === 'stale') rating.compare(student.id);
    else if (rating.rate(student.id, light, true) === 'write') rating.open(student.id, 'stay');
  };
  return (
    <li class={row.writable ? 'rate-item' : 'rate-item rate-item-past'}>
      <div class="rate-item-top">
        <Avatar initials={student.initials} size="small" light={content.stoplight} />
        <div class="rate-item-name">
          <a href={`/students/${student.id}`}>
            {student.name}
            {student.apart && <span class="rate-apart"> {student.apart}</span>}
          </a>
          {untilText(row) && <span class="small soft">{untilText(row)}</span>}
          {content.stoplight && !row.complete && row.writable && (
            <span class="small ink-warning">{t('rate.lacks')}</span>
          )}
        </div>
        {pair.last && (
          <button
            type="button"
            class="rate-was"
            aria-label={t('rate.last_of', { name: student.name, light: stoplightName(pair.last.stoplight) })}
            onClick={() => rating.clock(student.id)}
          >
            <span class="small soft">{t('rate.was')}</span>
            <StoplightSymbol light={pair.last.stoplight} size={20} />
          </button>
        )}
        {row.writable && (
          <IconButton
            icon="pencil"
            label={t('rate.word_for', { name: student.name })}
            onClick={() => {
              if (content.stoplight) rating.open(student.id, 'stay');
              else {
                rating.view.value = 'cards';
                rating.show(student.id);
              }
            }}
          />
        )}
      </div>
      {row.writable ? (
        <div class="rate-item-four">
          <StoplightButtons
            size="small"
            value={content.stoplight}
            onChange={to}
            label={t('rate.rate', { name: student.name })}
          />
          {content.stoplight === 'no_picture' && (
            <NoPictureButton pressed onPress={() => rating.open(student.id, 'stay')} />
          )}
        </div>
      ) : (
        <OwnWords row={row} />
      )}
    </li>
  );
}
