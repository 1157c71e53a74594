import type { ComponentChildren } from 'preact';
import { t } from '../lib/i18n';
import { lazily } from '../lib/lazily';
import type { Load } from '../lib/load';
import { useSlow } from './button';

/** Rarely needed, so not in the first load. */
const ErrorState = lazily(() => import('./error-state'), 'ErrorState');

/** Loading (quiet at first, then the real shape), an error with a way on, or what was loaded. */
export function Loaded<T>({
  from,
  skeleton,
  children,
}: {
  from: Load<T>;
  skeleton: ComponentChildren;
  children: (data: T) => ComponentChildren;
}) {
  const slow = useSlow(from.data === undefined && from.error === undefined, 150);
  if (from.data !== undefined) return <>{children(from.data)}</>;
  if (from.error !== undefined) return <ErrorState error={from.error} onRetry={from.reload} />;
  return (
    <div class="loading" aria-busy="true">
      <span class="visually-hidden">{t('state.loading')}</span>
      {slow && skeleton}
    </div>
  );
}
