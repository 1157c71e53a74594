import { t } from '../lib/i18n';
import { Button } from './button';
import { EmptyState } from './empty-state';
import { PageHeader } from './page-header';

/** For addresses that lead nowhere, and for things that one may not know about. */
export function NotFound() {
  return (
    <section class="page">
      <PageHeader title={t('not_found.title')} />
      <EmptyState title={t('not_found.text')} icon="search">
        <Button href="/">{t('not_found.home')}</Button>
      </EmptyState>
    </section>
  );
}
