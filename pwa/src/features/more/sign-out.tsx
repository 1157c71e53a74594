import { useState } from 'preact/hooks';
import { Button, Dialog } from '../../components';
import { t } from '../../lib/i18n';
import { leave } from '../../lib/leave';
import { type Me, online } from '../../lib/session';
import { countOf, sendUnsent, type Unsent, unsentOf } from './unsent';

/**
 * Signing out empties this device. Texts that the server does not have would go with it: they can be sent first, and only
 * somebody who has read how many there are can let them go.
 */
export function SignOut({ person }: { person: Me }) {
  const [unsent, setUnsent] = useState<Unsent | null>(null);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const n = unsent ? countOf(unsent) : 0;

  const goUnless = async (left: Unsent) => {
    if (countOf(left) === 0) await leave(person);
    else setUnsent(left);
  };
  const during = async (act: () => Promise<void>) => {
    setBusy(true);
    await act().finally(() => setBusy(false));
  };
  const begin = () => {
    setTried(false);
    return during(async () => goUnless(await unsentOf(person)));
  };
  const send = () =>
    during(async () => {
      const left = await sendUnsent(person);
      setTried(true);
      await goUnless(left);
    });
  const close = () => setUnsent(null);

  return (
    <>
      <Button icon="sign_out" onClick={begin} disabled={busy && !unsent}>
        {t('more.sign_out')}
      </Button>
      <Dialog
        open={unsent !== null}
        onClose={close}
        title={t(tried ? 'more.sign_out_left' : 'more.sign_out_waiting', { n })}
        acts={
          <>
            <Button onClick={close}>{t('act.cancel')}</Button>
            <Button kind="danger" onClick={() => during(() => leave(person))} disabled={busy}>
              {t('more.sign_out_wipe', { n })}
            </Button>
            <Button kind="primary" onClick={send} disabled={busy}>
              {t(busy ? 'more.sign_out_sending' : tried ? 'act.retry' : 'more.sign_out_send')}
            </Button>
          </>
        }
      >
        <p>{t('more.sign_out_why')}</p>
        {tried && !busy && (
          <p role="status">
            {!online.value ? (
              t('more.sign_out_offline')
            ) : (
              <>
                {t('more.sign_out_ask')}{' '}
                {unsent && unsent.feedback > 0 && <a href="/rounds">{t('more.sign_out_look')}</a>}
              </>
            )}
          </p>
        )}
      </Dialog>
    </>
  );
}
