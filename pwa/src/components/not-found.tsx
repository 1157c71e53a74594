import { t } from '../lib/i18n';

/** For addresses that lead nowhere, and for things that one may not know about. */
export function NotFound() {
  return (
    <section class="page">
      <h1>{t('not_found.title')}</h1>
      <p class="soft">{t('not_found.text')}</p>
      <p>
        <a href="/">{t('not_found.home')}</a>
      </p>
    </section>
  );
}
