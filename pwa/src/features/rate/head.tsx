import { Menu, PageHeader, Progress, SaveMark } from '../../components';
import { t } from '../../lib/i18n';
import { go } from '../../lib/navigate';
import { keysOn, setKeys } from './keys-setting';
import { later } from './later';
import type { Rating } from './rating';

/** Where the texts of this group are: the server has them all, or some are on this device only; null: not even that yet. */
export function saveStateOf({ rows, outbox }: Rating): 'saved' | 'local' | 'error' | null {
  const waiting = rows.value.flatMap((row) => row.waiting ?? []);
  if (!waiting.length) return 'saved';
  if (outbox.memoryOnly.value) return 'error';
  return waiting.every((text) => outbox.stored(text)) ? 'local' : null;
}

const offerOthers = (rating: Rating) => later().then((parts) => parts.offerOthers(rating));

export function Head({ rating, title, subtitle }: { rating: Rating; title: string; subtitle: string }) {
  const { open } = rating.sheet.value;
  const total = rating.asked.value.length;
  const done = rating.done;
  const state = saveStateOf(rating);
  const items = [
    ...(open ? [{ label: t('rate.others'), icon: 'check' as const, onClick: () => void offerOthers(rating) }] : []),
    { label: t('rate.how_to'), icon: 'book' as const, onClick: () => go('/how-to') },
    ...(open
      ? [
          {
            label: keysOn.value ? t('rate.keys_off') : t('rate.keys_on'),
            icon: 'settings' as const,
            onClick: () => setKeys(!keysOn.value),
          },
        ]
      : []),
  ];
  return (
    <div class="rate-head">
      <PageHeader
        compact
        title={title}
        subtitle={subtitle}
        back="/rounds"
        backLabel={t('rate.back')}
        end={<Menu label={t('rate.more')} items={items} />}
      />
      <div class="rate-progress">
        <Progress value={done} max={total} label={t('rate.progress')} text={t('rate.progress_text', { done, total })} />
        {/* It keeps its place while nothing is said: a page is not laid out anew for each letter. */}
        {open && (
          <span class={state ? undefined : 'rate-unsaid'}>
            <SaveMark state={state ?? 'local'} />
          </span>
        )}
      </div>
    </div>
  );
}
