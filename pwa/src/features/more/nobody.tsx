import { useEffect, useState } from 'preact/hooks';
import { Button, PageHeader } from '../../components';
import { anythingWaits } from '../../lib/device';
import { t } from '../../lib/i18n';
import { payDebt } from '../../lib/leave';
import { OWED } from '../../lib/own-device';

/**
 * The app without anybody: the server cannot be reached, and nothing here may be read without it; or somebody signed out
 * without a network. Goes on by itself as soon as there is one.
 */
export default function Nobody() {
  const [kept, setKept] = useState(false);
  const left = localStorage.getItem(OWED) !== null;
  const again = () => (left ? payDebt() : location.reload());
  useEffect(() => {
    anythingWaits().then(setKept, () => undefined);
    addEventListener('online', again);
    return () => removeEventListener('online', again);
  }, []);
  return (
    <main id="main" class="page">
      <PageHeader title={t(left ? 'nobody.left' : 'nobody.title')} />
      <div class="stack loose">
        <p>
          {t(left ? 'nobody.left_why' : 'nobody.why')} {kept && t('nobody.kept')}
        </p>
        <Button kind="primary" onClick={again}>
          {t('act.retry')}
        </Button>
      </div>
    </main>
  );
}
