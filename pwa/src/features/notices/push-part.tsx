import { useEffect, useState } from 'preact/hooks';
import { Button, errorText, Icon, toast } from '../../components';
import { t } from '../../lib/i18n';
import { pushState, resumePush, sendTest, subscribe, unsubscribe } from '../../lib/push';
import { me } from '../../lib/session';
import { homeScreenFirst } from './push-device';

/** So long a test may be under way before we say what may be the matter. */
const PATIENCE_MS = 20_000;

/** Does it, or says why it could not be done. */
async function orSay(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    // What the browser or its push service refuses is no fault of ours.
    toast(error instanceof DOMException ? t('push_ask.refused') : errorText(error));
    return false;
  }
}

/** Asks the browser, after a tap. */
export function turnOn(): Promise<boolean> {
  return orSay(async () => {
    if ((await subscribe()) === 'on') toast(t('push_ask.done'));
  });
}

/** Looks, once, what this device has. */
export function usePush() {
  useEffect(() => {
    if (pushState.value === 'unknown') void resumePush().catch(() => undefined);
  }, []);
  return pushState.value;
}

/** Notices on this device: why they help, and only after a tap the browser's question; then a test, and the way out. */
export function PushPart() {
  const state = usePush();
  return (
    <section class="card stack tight" aria-labelledby="push-part">
      <h2 class="heading" id="push-part">
        {t('push_ask.title')}
      </h2>
      {state !== 'on' && <p>{t('push_ask.reason')}</p>}
      <p class="small soft">{t('push_ask.privacy')}</p>
      {state === 'off' && (
        <Button icon="bell" onClick={turnOn}>
          {t('push_ask.turn_on')}
        </Button>
      )}
      {state === 'on' && <On />}
      {state === 'blocked' && <Obstacle text={t('push_ask.blocked')} />}
      {state === 'unsupported' &&
        (me.value?.device === 'shared' ? (
          <p class="small">{t('push_ask.shared')}</p>
        ) : (
          <Obstacle text={t(homeScreenFirst() ? 'push_ask.home_screen' : 'push_ask.unsupported')} />
        ))}
    </section>
  );
}

function Obstacle({ text }: { text: string }) {
  return (
    <>
      <p class="small">{text}</p>
      <p>
        <a href="/notices/help">{t('push_help.how')}</a>
      </p>
    </>
  );
}

/** A test says whether it came: that the server sent it is not yet that one sees it. */
function On() {
  const [test, setTest] = useState<'none' | 'sent' | 'came' | 'late'>('none');
  useEffect(() => {
    const hear = ({ data }: MessageEvent<{ type?: string; kind?: string } | null>) => {
      if (data?.type === 'news' && data.kind === 'test') setTest('came');
    };
    navigator.serviceWorker.addEventListener('message', hear);
    return () => navigator.serviceWorker.removeEventListener('message', hear);
  }, []);
  useEffect(() => {
    if (test !== 'sent') return;
    const timer = setTimeout(() => setTest('late'), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [test]);
  const send = async () => {
    setTest('sent');
    if (!(await orSay(sendTest))) setTest('none');
  };
  return (
    <>
      <p class="notice-on ink-on_track">
        <Icon name="check" size={20} />
        {t('push_ask.on')}
      </p>
      <div class="row">
        <Button icon="send" onClick={send}>
          {t('inbox.test')}
        </Button>
        <Button kind="ghost" onClick={() => orSay(unsubscribe)}>
          {t('push_ask.turn_off')}
        </Button>
      </div>
      <p class="small" role="status">
        {test !== 'none' && t(`inbox.test_${test}`)}
      </p>
      <p class="small">
        <a href="/notices/help">{t('push_help.nothing_comes')}</a>
      </p>
    </>
  );
}
