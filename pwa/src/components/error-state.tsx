import { ApiProblem, ConnectionLost } from '../lib/api';
import { t } from '../lib/i18n';
import { Button } from './button';
import { Icon, type IconName } from './icon';

export interface ErrorStateProps {
  /** What was thrown. */
  error: unknown;
  onRetry?: (() => void) | undefined;
}

/** What happened, what now, and that nothing is lost. */
export function ErrorState({ error, onRetry }: ErrorStateProps) {
  const [icon, title, text] = explain(error);
  return (
    <div class="state" role="alert">
      <span class="state-icon">
        <Icon name={icon} size={28} />
      </span>
      <p class="heading">{title}</p>
      <p class="soft">{text}</p>
      {onRetry && (
        <Button icon="undo" onClick={onRetry}>
          {t('act.retry')}
        </Button>
      )}
    </div>
  );
}

function explain(error: unknown): [IconName, string, string] {
  if (error instanceof ConnectionLost) return ['offline', t('error.offline'), t('error.offline_text')];
  if (error instanceof ApiProblem) {
    if (error.status === 404) return ['search', t('not_found.title'), t('not_found.text')];
    if (error.status < 500) return ['info', error.title, error.detail];
  }
  return ['alert', t('error.title'), t('error.text')];
}

/** One line for a toast or a field: what the server says, or that it could not be reached. */
export function errorText(error: unknown): string {
  const [, title, text] = explain(error);
  return error instanceof ApiProblem && error.status < 500 ? text || title : `${title}. ${text}`;
}
