import { useEffect } from 'preact/hooks';
import { Banner } from '../../components';
import { announce } from '../../lib/announce';
import { t } from '../../lib/i18n';
import { me, online } from '../../lib/session';
import type { Rating } from './rating';

/** What went wrong with texts of this group: to be compared, or refused. */
export default function Troubles({ rating }: { rating: Rating }) {
  const rows = rating.rows.value;
  const stale = rows.filter((row) => row.waiting?.trouble?.kind === 'stale');
  const refused = rows.filter((row) => row.waiting?.trouble && row.waiting.trouble.kind !== 'stale');
  const count = stale.length + refused.length;
  useEffect(() => {
    if (count > 0) announce(t('rate.trouble_said', { n: count }));
  }, [count]);
  const first = stale[0];
  // On a shared device that is as it should be, so it is told only where it matters.
  const shared = me.value?.device === 'shared';
  return (
    <>
      {first && (
        <Banner
          kind="attention"
          icon="people"
          act={
            <button type="button" class="text-button" onClick={() => rating.compare(first.student.id)}>
              {t('act.compare')}
            </button>
          }
        >
          {stale.length === 1
            ? t('rate.stale_name', { name: first.student.name })
            : t('rate.stale_more', { n: stale.length })}
        </Banner>
      )}
      {refused.length > 0 && (
        <Banner kind="warning" icon="alert" act={<a href="/rounds#attention">{t('rate.refused_look')}</a>}>
          {t('rate.refused', { n: refused.length })}
        </Banner>
      )}
      {rating.outbox.memoryOnly.value && (!shared || (!online.value && rating.outbox.items.value.size > 0)) && (
        <Banner kind="attention" icon="device">
          {t(shared ? 'rate.memory_shared' : 'rate.memory_only')}
        </Banner>
      )}
    </>
  );
}
