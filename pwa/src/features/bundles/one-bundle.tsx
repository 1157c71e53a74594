import { useEffect, useState } from 'preact/hooks';
import { Button, ErrorState, Loaded, Progress, SkeletonText } from '../../components';
import { api } from '../../lib/api';
import { language, t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import { goesOn, sizeOf } from './choices';
import type { Bundle } from './types';

/** How often one looks how far it is. */
export const LOOK_MS = 700;

/** A file that may not be opened any more is not fetched: the reader hears why. */
async function open(id: string): Promise<boolean> {
  const bundle = await api.get<Bundle>(`/bundles/${id}`);
  if (bundle.opens) location.assign(`/api/v1/bundles/${id}/file`);
  return bundle.opens === true;
}

/** One bundle: how far it is, then the file. */
export function OneBundle({ id, onAgain }: { id: string; onAgain: () => void }) {
  const load = useLoad<Bundle>(`/bundles/${id}`);
  const { reload } = load;
  const going = load.data !== undefined && goesOn(load.data);
  useEffect(() => {
    if (!going) return;
    const timer = setInterval(reload, LOOK_MS);
    return () => clearInterval(timer);
  }, [going, reload]);
  return (
    <Loaded from={load} skeleton={<SkeletonText rows={2} />}>
      {(bundle: Bundle) =>
        goesOn(bundle) ? <Going bundle={bundle} onStopped={onAgain} /> : <Done bundle={bundle} onAgain={onAgain} />
      }
    </Loaded>
  );
}

/** "12 van 30"; before the first look only that it has begun. */
export function BundleProgress({ bundle }: { bundle: Bundle }) {
  const { done, total } = bundle;
  return (
    <Progress
      value={done}
      max={total}
      label={t('bundles.progress')}
      text={bundle.state === 'waiting' ? t('bundles.waiting') : t('bundles.done_of', { done, total })}
    />
  );
}

function Going({ bundle, onStopped }: { bundle: Bundle; onStopped: () => void }) {
  return (
    <div class="stack">
      <BundleProgress bundle={bundle} />
      {bundle.scope !== 'student' && <p class="soft">{t('bundles.may_leave')}</p>}
      <p>
        <Button
          kind="ghost"
          icon="close"
          onClick={async () => {
            await api.del(`/bundles/${bundle.id}`);
            onStopped();
          }}
        >
          {t('bundles.stop')}
        </Button>
      </p>
    </div>
  );
}

function Done({ bundle, onAgain }: { bundle: Bundle; onAgain: () => void }) {
  if (bundle.state === 'failed') {
    return (
      <div class="stack" role="alert">
        <p class="heading">{t('bundles.failed')}</p>
        <p>{bundle.error === 'empty' ? t('bundles.empty') : t('bundles.fault')}</p>
        <p>
          <Button icon="undo" onClick={onAgain}>
            {t('act.retry')}
          </Button>
        </p>
      </div>
    );
  }
  const printed = bundle.done - bundle.left_out;
  return (
    <div class="stack" role="status">
      <p class="heading">{t('bundles.ready', { n: printed })}</p>
      {bundle.left_out > 0 && <p>{t('bundles.left_out', { n: bundle.left_out })}</p>}
      {bundle.kept_until && <p class="soft">{t('bundles.kept')}</p>}
      <OpenButton bundle={bundle} kind="primary" />
    </div>
  );
}

/** Fetches the file, if that is still allowed. */
export function OpenButton({ bundle, kind }: { bundle: Bundle; kind?: 'primary' | 'secondary' }) {
  const [trouble, setTrouble] = useState<unknown>(null);
  const [outdated, setOutdated] = useState(false);
  const size = sizeOf(bundle.size, language.value === 'nl' ? ',' : '.');
  return (
    <div class="stack tight">
      <Button
        kind={kind ?? 'secondary'}
        wide={kind === 'primary'}
        small={kind !== 'primary'}
        icon="report"
        onClick={() =>
          open(bundle.id).then(
            (opened) => {
              setTrouble(null);
              setOutdated(!opened);
            },
            (problem: unknown) => setTrouble(problem),
          )
        }
      >
        {t('bundles.open', { size })}
      </Button>
      {outdated && <p role="alert">{t('bundles.outdated')}</p>}
      {trouble !== null && <ErrorState error={trouble} />}
    </div>
  );
}
