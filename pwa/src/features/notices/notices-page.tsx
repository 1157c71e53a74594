import { useEffect, useRef } from 'preact/hooks';
import { EmptyState, IconButton, List, ListRow, Loaded, PageHeader, SkeletonList } from '../../components';
import { NotFound } from '../../components/app-frame';
import { fromNow } from '../../lib/calendar';
import { time } from '../../lib/dates';
import { t } from '../../lib/i18n';
import { type Notice, read } from '../../lib/inbox';
import { useLoad } from '../../lib/load';
import { pushState } from '../../lib/push';
import { me } from '../../lib/session';
import { NoticeHelp } from './notice-help';
import { NoticeSettings } from './notice-settings';
import { PushPart } from './push-part';

/** The inbox, and behind it what one wants to hear of and how a device is brought to tell it. */
export default function NoticesPage({ part }: { part?: string }) {
  if (part === undefined) return <Inbox />;
  if (part === 'settings') return <NoticeSettings />;
  return part === 'help' ? <NoticeHelp /> : <NotFound />;
}

/** What happened, newest first. Opening it reads all; which ones were new stays visible until one leaves. */
function Inbox() {
  const notices = useLoad<Notice[]>('/notices');
  const unread = notices.data?.some((notice) => notice.read_at === null) ?? false;
  const counted = me.value?.unread_notices ?? 0;
  const before = useRef(counted);
  useEffect(() => {
    // They stay unread where this fails, and are read at the next visit.
    if (unread) read(null).catch(() => undefined);
  }, [unread]);
  useEffect(() => {
    // Something came while one looks.
    if (counted > before.current) notices.reload();
    before.current = counted;
  }, [counted, notices.reload]);
  return (
    <section class="page">
      <PageHeader
        title={t('nav.notices')}
        end={<IconButton icon="settings" label={t('inbox.settings')} href="/notices/settings" />}
      />
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
        {pushState.value !== 'on' && <PushPart />}
      </div>
    </section>
  );
}

/** "vandaag 14.05", "gisteren", "3 dagen geleden". */
function when(iso: string): string {
  const day = fromNow(iso);
  return Date.now() - Date.parse(iso) < 24 * 60 * 60 * 1000 ? `${day} ${time(iso)}` : day;
}
