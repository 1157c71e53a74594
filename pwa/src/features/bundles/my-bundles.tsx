import { useEffect } from 'preact/hooks';
import { Button, EmptyState, Loaded, SkeletonList } from '../../components';
import { api } from '../../lib/api';
import { shortDay } from '../../lib/calendar';
import { t } from '../../lib/i18n';
import { type Load, useLoad } from '../../lib/load';
import { aboutOf, goesOn } from './choices';
import { BundleProgress, LOOK_MS, OpenButton } from './one-bundle';
import type { Bundle } from './types';

/** Everything one asked for, as long as it is kept. */
export function MyBundles() {
  const bundles = useLoad<Bundle[]>('/bundles');
  const { reload } = bundles;
  const going = bundles.data?.some(goesOn) ?? false;
  useEffect(() => {
    if (!going) return;
    const timer = setInterval(reload, 2 * LOOK_MS);
    return () => clearInterval(timer);
  }, [going, reload]);
  return (
    <Loaded from={bundles} skeleton={<SkeletonList rows={3} />}>
      {(found: Bundle[]) =>
        found.length > 0 ? (
          <ul class="stack" aria-label={t('bundles.mine')}>
            {found.map((bundle) => (
              <Row key={bundle.id} bundle={bundle} bundles={bundles} />
            ))}
          </ul>
        ) : (
          <EmptyState icon="report" title={t('bundles.none')} text={t('bundles.none_why')} />
        )
      }
    </Loaded>
  );
}

function Row({ bundle, bundles }: { bundle: Bundle; bundles: Load<Bundle[]> }) {
  const going = goesOn(bundle);
  const facts = [
    t(`bundles.kind.${bundle.kind}`),
    bundle.round_name,
    bundle.kept_until && t('bundles.until', { day: shortDay(bundle.kept_until) }),
  ];
  return (
    <li class="card stack tight">
      <div>
        <p class="label">{aboutOf(bundle)}</p>
        <p class="small soft">{facts.filter(Boolean).join(' · ')}</p>
      </div>
      {going && <BundleProgress bundle={bundle} />}
      {bundle.state === 'failed' && (
        <p class="small">{bundle.error === 'empty' ? t('bundles.empty') : t('bundles.fault')}</p>
      )}
      <div class="row">
        {bundle.state === 'ready' && <OpenButton bundle={bundle} />}
        <Button
          small
          kind="ghost"
          icon={going ? 'close' : 'trash'}
          onClick={async () => {
            await api.del(`/bundles/${bundle.id}`);
            bundles.reload();
          }}
        >
          {going ? t('bundles.stop') : t('bundles.remove')}
        </Button>
      </div>
    </li>
  );
}
