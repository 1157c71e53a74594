import { Button } from '../../components';
import { ApiProblem } from '../../lib/api';
import { t } from '../../lib/i18n';

/** Is this the problem of that name? */
export function isProblem(error: unknown, name: string): boolean {
  return error instanceof ApiProblem && error.type.endsWith(`/${name}`);
}

/** Where an admin shows a passkey, and comes back from. */
export function secondFactorAddress(next: string): string {
  return `/second-factor?next=${encodeURIComponent(next)}`;
}

/** For every page that only opens after a passkey was shown: says so and leads there. */
export function NeedsPasskey({ next }: { next: string }) {
  return (
    <div class="card stack tight" role="status">
      <p class="label">{t('second_factor.title')}</p>
      <p>{t('second_factor.why')}</p>
      <Button kind="primary" icon="lock" href={secondFactorAddress(next)}>
        {t('second_factor.go')}
      </Button>
    </div>
  );
}
