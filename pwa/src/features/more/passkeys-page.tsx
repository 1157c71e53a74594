import { useState } from 'preact/hooks';
import {
  Button,
  confirm,
  Dialog,
  EmptyState,
  errorText,
  Field,
  Hint,
  IconButton,
  List,
  ListRow,
  Loaded,
  PageHeader,
  SkeletonList,
  toast,
} from '../../components';
import { ApiProblem, api } from '../../lib/api';
import type { components } from '../../lib/api.gen';
import { day } from '../../lib/dates';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import { makePasskey, type Options, passkeysWork, wasDeclined } from '../../lib/passkeys';
import { signInAddress } from '../../lib/session';
import { isProblem, NeedsPasskey } from './second-factor';

type Passkey = components['schemas']['PasskeyItem'];
const MOST_NAME = 60;
/** Problems that somebody can do something about here. */
const FIRST = ['second-factor', 'sign-in-again'];

/** My passkeys: make one on this device, give it another name, remove one that is lost. */
export default function PasskeysPage() {
  const passkeys = useLoad<Passkey[]>('/me/passkeys');
  const [refused, setRefused] = useState<ApiProblem | null>(null);
  const [named, setNamed] = useState<Passkey | null>(null);

  /** What the server wants first (a sign-in, another passkey) stays on the page with the way there. */
  const tell = (error: unknown) => {
    if (error instanceof ApiProblem && FIRST.some((name) => isProblem(error, name))) setRefused(error);
    else if (!wasDeclined(error)) toast(error instanceof DOMException ? t('passkeys.failed') : errorText(error));
  };
  const add = async () => {
    setRefused(null);
    try {
      await api.post('/me/passkeys', await makePasskey(await api.post<Options>('/me/passkeys/options')));
      passkeys.reload();
      toast(t('passkeys.made'));
    } catch (error) {
      tell(error);
    }
  };
  const remove = async (passkey: Passkey) => {
    const sure = await confirm({
      title: t('passkeys.remove_title', { name: passkey.name }),
      text: t('passkeys.remove_why'),
      yes: t('passkeys.remove'),
      danger: true,
    });
    if (!sure) return;
    try {
      await api.del(`/me/passkeys/${passkey.id}`);
      passkeys.reload();
    } catch (error) {
      tell(error);
    }
  };

  return (
    <section class="page">
      <PageHeader title={t('title.passkeys')} back="/more" />
      <div class="stack loose">
        <p>{t('passkeys.why')}</p>
        {refused && <Refused problem={refused} />}
        <Loaded from={passkeys} skeleton={<SkeletonList rows={2} />}>
          {(all) =>
            all.length === 0 ? (
              <EmptyState icon="lock" title={t('passkeys.none')} text={t('passkeys.none_why')} />
            ) : (
              <List label={t('title.passkeys')}>
                {all.map((passkey) => (
                  <ListRow
                    key={passkey.id}
                    title={passkey.name}
                    text={about(passkey)}
                    end={
                      <>
                        <IconButton
                          icon="pencil"
                          label={t('passkeys.rename', { name: passkey.name })}
                          onClick={() => setNamed(passkey)}
                        />
                        <IconButton
                          icon="trash"
                          label={t('passkeys.remove_named', { name: passkey.name })}
                          onClick={() => void remove(passkey)}
                        />
                      </>
                    }
                  />
                ))}
              </List>
            )
          }
        </Loaded>
        {passkeysWork() ? (
          <Button kind="primary" icon="plus" onClick={add}>
            {t('passkeys.add')}
          </Button>
        ) : (
          <Hint>{t('passkeys.unsupported')}</Hint>
        )}
      </div>
      {named && (
        <Rename
          passkey={named}
          onClose={() => setNamed(null)}
          onDone={() => {
            setNamed(null);
            passkeys.reload();
          }}
        />
      )}
    </section>
  );
}

function about(passkey: Passkey): string {
  const made = t('passkeys.made_on', { day: day(passkey.created_at) });
  const used = passkey.last_used_at ? t('passkeys.used_on', { day: day(passkey.last_used_at) }) : t('passkeys.unused');
  return `${made} · ${used}`;
}

/** Why not now, and the way there. */
function Refused({ problem }: { problem: ApiProblem }) {
  if (isProblem(problem, 'second-factor')) return <NeedsPasskey next="/passkeys" />;
  return (
    <div class="card stack tight" role="status">
      <p class="label">{problem.title}</p>
      <p>{problem.detail}</p>
      <Button href={signInAddress()}>{t('session.sign_in')}</Button>
    </div>
  );
}

function Rename({ passkey, onClose, onDone }: { passkey: Passkey; onClose: () => void; onDone: () => void }) {
  const [name, setName] = useState(passkey.name);
  const [error, setError] = useState<string>();
  const save = async () => {
    try {
      await api.patch(`/me/passkeys/${passkey.id}`, { name });
      onDone();
    } catch (thrown) {
      setError((thrown instanceof ApiProblem && thrown.at('/name')) || errorText(thrown));
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('passkeys.rename', { name: passkey.name })}
      acts={
        <>
          <Button onClick={onClose}>{t('act.cancel')}</Button>
          <Button kind="primary" onClick={save}>
            {t('passkeys.rename_save')}
          </Button>
        </>
      }
    >
      <Field
        label={t('passkeys.name')}
        value={name}
        onInput={setName}
        max={MOST_NAME}
        error={error}
        required
        autoFocus
      />
    </Dialog>
  );
}
