import { t } from '../../lib/i18n';

export default function Placeholder() {
  return <h1>{t('nav.students')}</h1>;
}
