import {
  Button,
  Chip,
  confirm,
  errorText,
  List,
  ListRow,
  Loaded,
  PageHeader,
  SkeletonList,
  toast,
} from '../../components';
import { api } from '../../lib/api';
import type { components } from '../../lib/api.gen';
import { fromNow } from '../../lib/calendar';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';

type Session = components['schemas']['SessionItem'];
type Ended = components['schemas']['Ended'];

/** Every place where one is signed in, and ending that from here. */
export default function SessionsPage() {
  const sessions = useLoad<Session[]>('/me/sessions');
  const during = async (act: () => Promise<string>) => {
    try {
      toast(await act());
    } catch (error) {
      toast(errorText(error));
    }
    sessions.reload();
  };
  const end = (session: Session) =>
    during(async () => {
      await api.del(`/me/sessions/${session.id}`);
      return t('signin.session_ended');
    });
  const endOthers = async () => {
    const sure = await confirm({
      title: t('signin.sessions_end_ask'),
      text: t('signin.sessions_end_why'),
      yes: t('signin.session_end'),
      danger: true,
    });
    if (!sure) return;
    await during(async () =>
      t('signin.sessions_ended', { n: (await api.post<Ended>('/me/sessions/end-others')).count }),
    );
  };
  return (
    <section class="page">
      <PageHeader title={t('signin.sessions')} back="/more" backLabel={t('nav.more')} />
      <div class="stack loose">
        <p class="soft">{t('signin.sessions_lost')}</p>
        <Loaded from={sessions} skeleton={<SkeletonList rows={3} />}>
          {(all) => (
            <>
              <List label={t('signin.sessions')}>
                {all.map((session) => (
                  <One key={session.id} session={session} onEnd={() => end(session)} />
                ))}
              </List>
              {all.length > 1 && <Button onClick={endOthers}>{t('signin.sessions_end')}</Button>}
            </>
          )}
        </Loaded>
      </div>
    </section>
  );
}

function One({ session, onEnd }: { session: Session; onEnd: () => void }) {
  const label = session.label || t('signin.session_unknown');
  const kind = session.device === 'own' ? t('signin.session_own') : t('signin.session_shared');
  const since = t('signin.session_since', { since: fromNow(session.created_at), seen: fromNow(session.seen_at) });
  return (
    <ListRow
      title={label}
      text={`${kind} · ${since}`}
      end={
        session.current ? (
          <Chip>{t('signin.session_here')}</Chip>
        ) : (
          <Button small onClick={onEnd} aria-label={t('signin.session_end_label', { label })}>
            {t('signin.session_end')}
          </Button>
        )
      }
    />
  );
}
