import { Avatar, Banner, IconButton, StoplightLabel } from '../../components';
import { day, time } from '../../lib/dates';
import { t } from '../../lib/i18n';
import { OwnWords, untilText } from './own-words';
import type { Rating, Row } from './rating';
import type { Late } from './types';

/** A round or group that is not open: everything to read, and the reason in words. */
export default function ReadOnly({ rating }: { rating: Rating }) {
  const { round } = rating.sheet.value;
  const rows = rating.rows.value;
  const late = rows.filter((row) => row.pair.late).length;
  const reason =
    round.state === 'archived'
      ? t('rate.archived')
      : round.state === 'open'
        ? t('rate.not_this_group')
        : t('rate.closed');
  return (
    <div class="rate-read">
      <Banner icon="lock">
        <p>{reason}</p>
        {late > 0 && <p>{t('rate.late_some', { n: late })}</p>}
      </Banner>
      <ul class="list">
        {rows.map((row) => (
          <ReadItem key={row.student.id} rating={rating} row={row} />
        ))}
      </ul>
    </div>
  );
}

function ReadItem({ rating, row }: { rating: Rating; row: Row }) {
  const { student, pair } = row;
  return (
    <li class={pair.state === 'expected' ? 'rate-item' : 'rate-item rate-item-past'}>
      <div class="rate-item-top">
        <Avatar initials={student.initials} size="small" light={row.content.stoplight} />
        <div class="rate-item-name">
          <a href={`/students/${student.id}`}>
            {student.name}
            {student.apart && <span class="rate-apart"> {student.apart}</span>}
          </a>
          {untilText(row) && <span class="small soft">{untilText(row)}</span>}
          {row.by && <span class="small soft">{t('rate.by', { name: row.by })}</span>}
        </div>
        {pair.last && (
          <IconButton
            icon="clock"
            label={t('rate.clock_of', { name: student.name })}
            onClick={() => rating.clock(student.id)}
          />
        )}
      </div>
      <OwnWords row={row} />
      {pair.late && <LateWords late={pair.late} />}
    </li>
  );
}

/** What came after closing: kept for its writer, and not in the report. */
function LateWords({ late }: { late: Late }) {
  return (
    <div class="rate-late stack tight">
      <p class="small label">{t('rate.late', { day: day(late.arrived_at), time: time(late.arrived_at) })}</p>
      {late.stoplight && <StoplightLabel light={late.stoplight} size={20} />}
      {late.remark && <p class="prose">{late.remark}</p>}
      {late.action && (
        <p class="prose">
          <span class="written-label">{t('subject.action')} </span>
          {late.action}
        </p>
      )}
    </div>
  );
}
