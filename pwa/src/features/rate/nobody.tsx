import { EmptyState } from '../../components';
import { t } from '../../lib/i18n';

/** A group without students in this round. */
export function Nobody() {
  return <EmptyState icon="people" title={t('rate.nobody')} text={t('rate.nobody_why')} />;
}
