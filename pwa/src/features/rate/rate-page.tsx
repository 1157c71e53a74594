import { useLayoutEffect, useMemo } from 'preact/hooks';
import { Loaded, PageHeader, Skeleton } from '../../components';
import { contentOf, EMPTY } from '../../lib/conflict';
import { moment } from '../../lib/dates';
import { t } from '../../lib/i18n';
import { useKept } from '../../lib/kept';
import { lazily } from '../../lib/lazily';
import { outboxOf } from '../../lib/my-outbox';
import { nameOf, type Outbox } from '../../lib/outbox';
import type { ScreenProps } from '../../lib/screen';
import { me } from '../../lib/session';
import { useWide } from '../../lib/wide';
import { Cards } from './cards';
import { groupTitle } from './group-title';
import { Head } from './head';
import { later } from './later';
import { arrived, ratingOf } from './rating';
import type { GroupSheet } from './types';
import './rate.css';

const ListView = lazily(() => import('./list-view'));
const TableView = lazily(() => import('./table-view'));
const ReadOnly = lazily(() => import('./read-only'));
const Done = lazily(later, 'Done');
const TextSheet = lazily(later, 'TextSheet');
const Troubles = lazily(later, 'Troubles');
const Extras = lazily(later, 'Extras');
const Company = lazily(later, 'Company');
const Nobody = lazily(later, 'Nobody');

/** A fresh page tells which waiting texts the server has already. */
function absorb(outbox: Outbox, { round, group, pairs }: GroupSheet): void {
  for (const { student, feedback } of pairs) {
    const place = { round: round.id, group: group.id, student: student.id };
    const version = feedback?.version ?? 0;
    void outbox.refresh(place, { version, content: feedback ? contentOf(feedback) : EMPTY });
  }
}

export default function RatePage({ round, group }: ScreenProps<'round' | 'group'>) {
  const person = me.value?.id;
  const outbox = useMemo(() => (person ? outboxOf(person) : null), [person]);
  const load = useKept<GroupSheet>(outbox ? `/rounds/${round}/groups/${group}` : null, (fresh) => {
    if (!outbox) return;
    arrived(outbox, fresh);
    absorb(outbox, fresh);
  });
  return (
    <Loaded from={load} skeleton={<RateSkeleton />}>
      {(sheet) =>
        outbox?.ready.value && (
          <Group key={nameOf({ round, group, student: '' })} outbox={outbox} sheet={sheet} reload={load.reload} />
        )
      }
    </Loaded>
  );
}

function Group({ outbox, sheet, reload }: { outbox: Outbox; sheet: GroupSheet; reload: () => void }) {
  const rating = useMemo(() => ratingOf(outbox, sheet), [outbox, sheet.round.id, sheet.group.id]);
  useLayoutEffect(() => {
    rating.sheet.value = sheet;
  }, [rating, sheet]);
  const wide = useWide();
  const title = groupTitle(sheet.group);
  const { name, deadline } = sheet.round;
  const until = sheet.open ? t('rate.until', { round: name, when: moment(deadline) }) : name;

  if (sheet.pairs.length === 0) {
    return (
      <section class="page">
        <PageHeader title={title} subtitle={until} back="/rounds" backLabel={t('rate.back')} />
        <Nobody />
      </section>
    );
  }
  const view = !sheet.open ? 'read' : wide ? 'table' : rating.view.value;
  return (
    <section class={`rate rate-view-${view}`}>
      <Head rating={rating} title={title} subtitle={until} />
      <Troubles rating={rating} />
      {view === 'read' && <ReadOnly rating={rating} />}
      {view === 'table' && <TableView rating={rating} />}
      {view === 'list' && <ListView rating={rating} />}
      {view === 'cards' && (rating.current.value === null ? <Done rating={rating} /> : <Cards rating={rating} />)}
      <TextSheet rating={rating} />
      <Extras rating={rating} />
      <Company rating={rating} reload={reload} />
    </section>
  );
}

function RateSkeleton() {
  return (
    <section class="rate rate-view-cards" aria-hidden="true">
      <div class="rate-head">
        <Skeleton wide="55%" />
        <Skeleton wide="40%" />
      </div>
      <div class="rate-stack">
        <div class="rate-card rate-card-still">
          <span class="skeleton rate-skeleton-face" />
          <Skeleton wide="60%" />
          <Skeleton wide="30%" />
        </div>
      </div>
      <div class="rate-skeleton-four">
        <span class="skeleton" />
        <span class="skeleton" />
        <span class="skeleton" />
        <span class="skeleton" />
      </div>
    </section>
  );
}
