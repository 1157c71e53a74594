import { useState } from 'preact/hooks';
import { Button } from '../../components';
import { t } from '../../lib/i18n';
import { homeScreenFirst } from './push-device';
import { turnOn, usePush } from './push-part';

const LATER = 'push-later';
const AGAIN_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * Asks where notices would have helped, for the reason that this place gives. *Later* keeps it away for a month; the browser's
 * own question, which comes once, is asked of nobody who has not said yes here. A page shows it with what stands above it,
 * never before: under a finger, or with the focus on it, it would be pushed off the screen.
 */
export default function PushOffer({ reason }: { reason: string }) {
  const state = usePush();
  const [hidden, setHidden] = useState(() => Date.now() - Number(localStorage.getItem(LATER) ?? 0) < AGAIN_MS);
  const byHand = state === 'unsupported' && homeScreenFirst();
  if (hidden || (state !== 'off' && !byHand)) return null;
  const later = () => {
    localStorage.setItem(LATER, String(Date.now()));
    setHidden(true);
  };
  return (
    <section class="card stack tight" aria-labelledby="push-offer">
      <h2 class="heading" id="push-offer">
        {t('inbox.offer')}
      </h2>
      <p>{reason}</p>
      <p class="small soft">{t(byHand ? 'push_ask.home_screen' : 'push_ask.privacy')}</p>
      <div class="row">
        {byHand ? (
          <Button icon="device" href="/notices/help">
            {t('push_help.how')}
          </Button>
        ) : (
          <Button icon="bell" onClick={turnOn}>
            {t('push_ask.turn_on')}
          </Button>
        )}
        <Button kind="ghost" onClick={later}>
          {t('inbox.later')}
        </Button>
      </div>
    </section>
  );
}
