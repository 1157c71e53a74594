import { t } from '../lib/i18n';
import { hideInstallHint, hideWeekHint, install, installWay, weekWarning } from '../lib/install';
import { Button } from './button';

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
