import {
  Avatar,
  Button,
  Field,
  IconButton,
  NoPictureButton,
  StoplightButtons,
  StoplightSymbol,
  stoplightName,
} from '../../components';
import { t } from '../../lib/i18n';
import { isNamed } from '../../lib/names';
import { useSignal } from '../../lib/signals';
import { offerOthers } from './others';
import { OwnWords, untilText } from './own-words';
import type { Rating, Row } from './rating';
import { ToDo, useToDo } from './to-do';

const SEARCH_FROM = 10;

/** All students below each other, each with the four. */
export default function ListView({ rating }: { rating: Rating }) {
  const only = useToDo(rating);
  const sought = useSignal('');
  const rows = rating.rows.value;
  const shown = rows.filter((row) => only.shows(row) && isNamed(row.student.name, sought.value.trim()));
  return (
    <div class="rate-list-view">
      <div class="rate-filters">
        <ToDo only={only} rating={rating} />
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
        <p class="soft rate-none">{only.filtered && !sought.value ? t('rate.filter_none') : t('rate.search_none')}</p>
      ) : (
        <ul class="list rate-list">
          {shown.map((row) => (
            <ListItem key={row.student.id} rating={rating} row={row} />
          ))}
        </ul>
      )}
      {!only.filtered && !sought.value && rating.unrated.length > 1 && (
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
          {content.stoplight && !row.complete && row.writable ? (
            <span class="small ink-warning">{t('rate.lacks')}</span>
          ) : (
            row.by && <span class="small soft rate-item-by">{t('rate.by', { name: row.by })}</span>
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
            onClick={() => rating.open(student.id, 'stay')}
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
