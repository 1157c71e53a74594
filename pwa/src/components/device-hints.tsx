import { useEffect } from 'preact/hooks';
import { t } from '../lib/i18n';
import { hideInstallHint, hideWeekHint, install, installWay, weekWarning } from '../lib/install';
import { pushState, resumePush, subscribe, unsubscribe } from '../lib/push';
import { me } from '../lib/session';
import { Button } from './button';
import { errorText } from './error-state';
import { toast } from './toast';

/**
 * Why notices help, and only then the browser's question, after a tap. `reason` is what this person gets from it.
 */
export function PushExplainer({ reason }: { reason?: string }) {
  useEffect(() => {
    if (pushState.value === 'unknown') void resumePush().catch(() => undefined);
  }, []);
  const state = pushState.value;
  const turnOn = async () => {
    try {
      if ((await subscribe()) === 'on') toast(t('push_ask.done'));
    } catch (error) {
      toast(errorText(error));
    }
  };
  const turnOff = async () => {
    try {
      await unsubscribe();
    } catch (error) {
      toast(errorText(error));
    }
  };
  return (
    <section class="card stack tight">
      <h2 class="heading">{t('push_ask.title')}</h2>
      <p>{reason ?? t('push_ask.reason')}</p>
      <p class="small soft">{t('push_ask.privacy')}</p>
      {state === 'off' && (
        <Button icon="bell" onClick={turnOn}>
          {t('push_ask.turn_on')}
        </Button>
      )}
      {state === 'on' && (
        <div class="row spread">
          <p class="ink-on_track">{t('push_ask.on')}</p>
          <Button kind="ghost" onClick={turnOff}>
            {t('push_ask.turn_off')}
          </Button>
        </div>
      )}
      {state === 'blocked' && <p class="small soft">{t('push_ask.blocked')}</p>}
      {state === 'unsupported' && (
        <p class="small soft">{t(me.value?.device === 'shared' ? 'push_ask.shared' : 'push_ask.unsupported')}</p>
      )}
    </section>
  );
}

/** Offers the home screen where that is possible and was not declined. */
export function InstallHint() {
  const way = installWay.value;
  if (!way || weekWarning.value === 'by_hand') return null;
  return (
    <section class="card stack tight">
      <h2 class="heading">{t('install.title')}</h2>
      <p>{way === 'prompt' ? t('install.text') : t('install.by_hand')}</p>
      <div class="row">
        {way === 'prompt' && (
          <Button icon="device" onClick={install}>
            {t('install.act')}
          </Button>
        )}
        <Button kind="ghost" onClick={hideInstallHint}>
          {t('act.not_now')}
        </Button>
      </div>
    </section>
  );
}

/** A browser that forgets after a week says so, and what helps. */
export function WeekHint() {
  const way = weekWarning.value;
  if (!way) return null;
  return (
    <section class="card stack tight">
      <h2 class="heading">{t(way === 'by_hand' ? 'install.title' : 'week.dock_title')}</h2>
      <p>
        {t('week.text')} {t(way === 'by_hand' ? 'week.by_hand' : 'week.dock')}
      </p>
      <div class="row">
        <Button kind="ghost" onClick={hideWeekHint}>
          {t('week.act_hide')}
        </Button>
      </div>
    </section>
  );
}
