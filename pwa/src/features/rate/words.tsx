import { StoplightLabel } from '../../components';
import { fromNow } from '../../lib/calendar';
import type { Content } from '../../lib/conflict';
import { day, time } from '../../lib/dates';
import { t } from '../../lib/i18n';

/** "vandaag, 10.42", "4 december, 10.42". */
export function whenWritten(iso: string): string {
  const today = fromNow(iso);
  return t('rate.compare_when', {
    day: today === fromNow(new Date().toISOString()) ? today : day(iso),
    time: time(iso),
  });
}

/** A feedback as it is read. */
export function Words({ content }: { content: Content }) {
  return (
    <>
      {content.stoplight ? (
        <StoplightLabel light={content.stoplight} size={20} />
      ) : (
        <p class="soft">{t('rate.compare_no_light')}</p>
      )}
      {content.remark && (
        <p class="prose" dir="auto">
          {content.remark}
        </p>
      )}
      {content.action && (
        <p class="prose" dir="auto">
          <span class="written-label">{t('subject.action')} </span>
          {content.action}
        </p>
      )}
    </>
  );
}
