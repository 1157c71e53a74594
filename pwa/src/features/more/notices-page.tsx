import { useEffect } from 'preact/hooks';
import { EmptyState, List, ListRow, Loaded, PageHeader, PushExplainer, SkeletonList } from '../../components';
import { api } from '../../lib/api';
import type { components } from '../../lib/api.gen';
import { fromNow } from '../../lib/calendar';
import { time } from '../../lib/dates';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import { me } from '../../lib/session';
import './notices.css';

type Notice = components['schemas']['NoticeItem'];

/** What happened, newest first. Opening the page reads them all; which ones were new stays visible until one leaves. */
export default function NoticesPage() {
  const notices = useLoad<Notice[]>('/notices');
  const unread = notices.data?.some((notice) => notice.read_at === null) ?? false;
  useEffect(() => {
    if (!unread) return;
    api.post('/notices/read', { ids: null }).then(
      () => {
        if (me.value) me.value = { ...me.value, unread_notices: 0 };
      },
      () => undefined, // They stay unread, and are read at the next visit.
    );
  }, [unread]);
  return (
    <section class="page">
      <PageHeader title={t('nav.notices')} />
      <div class="stack loose">
        <Loaded from={notices} skeleton={<SkeletonList rows={4} />}>
          {(all) =>
            all.length === 0 ? (
              <EmptyState icon="bell" title={t('notices.none')} text={t('notices.none_why')} />
            ) : (
              <List label={t('nav.notices')}>
                {all.map((notice) => (
                  <ListRow
                    key={notice.id}
                    href={notice.url}
                    start={<span class={notice.read_at ? 'notice-mark' : 'notice-mark notice-new'} />}
                    title={notice.about ? `${notice.title}: ${notice.about}` : notice.title}
                    text={
                      <>
                        {notice.read_at === null && <span class="visually-hidden">{t('notices.new')}. </span>}
                        {notice.body} · {when(notice.created_at)}
                      </>
                    }
                  />
                ))}
              </List>
            )
          }
        </Loaded>
        <PushExplainer />
      </div>
    </section>
  );
}

/** "vandaag 14.05", "gisteren", "3 dagen geleden". */
function when(iso: string): string {
  const day = fromNow(iso);
  return Date.now() - Date.parse(iso) < 24 * 60 * 60 * 1000 ? `${day} ${time(iso)}` : day;
}
