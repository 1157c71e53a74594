import { StoplightLabel } from '../../components';
import { shortDay } from '../../lib/calendar';
import { t } from '../../lib/i18n';
import type { Row } from './rating';

/** "tot 12 okt." for a student who changed group or left. */
export function untilText({ pair }: Row): string {
  if (pair.state === 'expected') return '';
  const day = pair.until ? shortDay(pair.until) : '';
  return pair.state === 'left' ? t('rate.left', { day }) : t('subject.until', { day });
}

/** What was written, to read. */
export function OwnWords({ row }: { row: Row }) {
  const { content } = row;
  const asked = row.pair.state === 'expected';
  if (!content.stoplight && !content.remark && !content.action)
    return <p class="rate-words small soft">{t('rate.nothing')}</p>;
  return (
    <div class="rate-words stack tight">
      {content.stoplight && <StoplightLabel light={content.stoplight} size={20} />}
      {content.remark && <p class="prose">{content.remark}</p>}
      {asked && (row.missing.includes('remark') || row.missing.includes('reason')) && (
        <p class="small ink-warning">{t('rate.no_remark')}</p>
      )}
      {content.action && (
        <p class="prose">
          <span class="written-label">{t('subject.action')} </span>
          {content.action}
        </p>
      )}
      {asked && row.missing.includes('action') && <p class="small ink-warning">{t('rate.no_action')}</p>}
      {!content.stoplight && <p class="small soft">{t('rate.only_you')}</p>}
    </div>
  );
}
