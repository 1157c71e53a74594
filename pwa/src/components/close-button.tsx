import { t } from '../lib/i18n';
import { IconButton } from './button';

/** A way to close what is open. */
export function CloseButton({ onClick }: { onClick: () => void }) {
  return <IconButton icon="close" label={t('act.close')} onClick={onClick} />;
}
