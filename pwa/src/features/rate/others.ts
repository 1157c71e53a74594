import { confirm, toast } from '../../components';
import { t } from '../../lib/i18n';
import type { Rating } from './rating';

/** Asks, and gives *Ga zo door* to everybody who has nothing yet. */
export async function offerOthers(rating: Rating): Promise<void> {
  const n = rating.unrated.length;
  if (n === 0) {
    toast(t('rate.others_none'));
    return;
  }
  const rule = rating.sheet.value.round.required.on_track;
  const asks = rule?.remark || rule?.action;
  const yes = await confirm({
    title: t('rate.others_ask', { n }),
    text: asks ? t('rate.others_ask_text') : t('rate.others_ask_why'),
    yes: t('rate.others_yes'),
  });
  if (!yes) return;
  rating.othersOnTrack();
}
