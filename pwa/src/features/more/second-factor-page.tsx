import { useState } from 'preact/hooks';
import { Button, errorText, Hint, Loaded, PageHeader, SkeletonList } from '../../components';
import { api } from '../../lib/api';
import type { components } from '../../lib/api.gen';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import { replace } from '../../lib/navigate';
import { makePasskey, type Options, passkeysWork, showPasskey, wasDeclined } from '../../lib/passkeys';
import type { ScreenProps } from '../../lib/screen';
import { signInAddress } from '../../lib/session';
import { isProblem } from './second-factor';

type Passkey = components['schemas']['PasskeyItem'];

/** An address inside the app; anything else leads to *Meer*. */
export function insideApp(next: string | undefined): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/more';
}

/** Shows an admin's passkey, or makes the first one, and goes on to where the admin was. */
export default function SecondFactorPage({ query }: ScreenProps) {
  const next = insideApp(query.next);
  const passkeys = useLoad<Passkey[]>('/me/passkeys');
  const [error, setError] = useState<unknown>();

  const attempt = (act: () => Promise<unknown>) => async () => {
    setError(undefined);
    try {
      await act();
      // Pages of the server (letters to print) are no screens of the app.
      if (next.startsWith('/admin/letters')) location.assign(next);
      else replace(next);
    } catch (thrown) {
      if (!wasDeclined(thrown)) setError(thrown);
    }
  };
  const show = attempt(async () =>
    api.post('/auth/second-factor', await showPasskey(await api.post<Options>('/auth/second-factor/options'))),
  );
  const make = attempt(async () =>
    api.post('/me/passkeys', await makePasskey(await api.post<Options>('/me/passkeys/options'))),
  );

  return (
    <section class="page">
      <PageHeader title={t('second_factor.title')} back="/more" />
      <div class="stack loose">
        {passkeysWork() ? (
          <Loaded from={passkeys} skeleton={<SkeletonList rows={1} />}>
            {(all) => (
              <>
                <p>{t(all.length > 0 ? 'second_factor.why' : 'second_factor.first')}</p>
                <Button kind="primary" icon="lock" onClick={all.length > 0 ? show : make}>
                  {t(all.length > 0 ? 'second_factor.show' : 'passkeys.add')}
                </Button>
              </>
            )}
          </Loaded>
        ) : (
          <Hint>{t('passkeys.unsupported')}</Hint>
        )}
        {error !== undefined && (
          <div class="stack tight" role="alert">
            <p class="ink-warning">{error instanceof DOMException ? t('passkeys.failed') : errorText(error)}</p>
            {isProblem(error, 'sign-in-again') && <Button href={signInAddress()}>{t('session.sign_in')}</Button>}
          </div>
        )}
      </div>
    </section>
  );
}
