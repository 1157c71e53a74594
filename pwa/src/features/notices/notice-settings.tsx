import { EmptyState, errorText, Hint, Loaded, PageHeader, SkeletonList, toast } from '../../components';
import { api } from '../../lib/api';
import { language, t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import { type Choose, chosen, type NoticeChoices, NoticeKinds } from './notice-kinds';
import { PushPart } from './push-part';

const PATH = '/me/notice-preferences';

/** What one wants to hear of, and how; the device one holds stands first. */
export function NoticeSettings() {
  const choices = useLoad<NoticeChoices>(PATH);
  const change: Choose = async (kind, channel, on) => {
    if (choices.data) choices.set(chosen(choices.data, kind, channel, on));
    try {
      await api.put(PATH, { kind, channel, on });
    } catch (error) {
      toast(errorText(error));
      choices.reload();
    }
  };
  return (
    <section class="page">
      <PageHeader title={t('inbox.settings')} back="/notices" backLabel={t('inbox.back')} />
      <div class="stack loose">
        <PushPart />
        <Loaded from={choices} skeleton={<SkeletonList rows={6} />}>
          {({ kinds, calm }) => (
            <section class="stack" aria-labelledby="notice-kinds">
              <div>
                <h2 class="heading" id="notice-kinds">
                  {t('inbox.kinds')}
                </h2>
                <p class="small soft">{t('inbox.kinds_why')}</p>
              </div>
              {calm && <Hint>{t('inbox.calm', { from: asSaid(calm.from), until: asSaid(calm.until) })}</Hint>}
              {kinds.length > 0 ? (
                <NoticeKinds kinds={kinds} onChange={change} />
              ) : (
                <EmptyState icon="bell" title={t('inbox.no_kinds')} text={t('inbox.no_kinds_why')} />
              )}
            </section>
          )}
        </Loaded>
      </div>
    </section>
  );
}

/** "21:00" as people say it. */
function asSaid(clock: string): string {
  const short = clock.slice(0, 5);
  return language.value === 'nl' ? short.replace(':', '.') : short;
}
