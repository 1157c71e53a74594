import { useRef } from 'preact/hooks';
import { Button, Sheet } from '../../components';
import type { Choice } from '../../lib/answers';
import type { Content, Waiting } from '../../lib/conflict';
import { t } from '../../lib/i18n';
import { Words, whenWritten } from './words';

/** Two texts met: shows both and asks. Closing it decides nothing; both stay. */
export function CompareSheet({
  waiting,
  onChoose,
  onClose,
}: {
  waiting: Waiting | null;
  onChoose: (choice: Choice) => void;
  onClose: () => void;
}) {
  const found = waiting?.trouble?.kind === 'stale' ? { waiting, current: waiting.trouble.current } : null;
  const kept = useRef(found);
  if (found) kept.current = found;
  const shown = found ?? kept.current;
  if (!shown) return null;
  const { author, updated_at: at } = shown.current;
  const name = author && author.id !== shown.waiting.person ? author.name : null;
  const when = at ? whenWritten(at) : '';
  return (
    <Sheet
      open={!!found}
      onClose={onClose}
      title={t('rate.compare_title', { name: shown.waiting.label.student })}
      subtitle={name ? t('rate.compare_why', { name }) : t('rate.compare_why_self')}
      footer={
        <div class="stack tight">
          <Button kind="primary" wide onClick={() => onChoose('both')}>
            {t('rate.compare_both')}
          </Button>
          <div class="rate-compare-acts">
            <Button onClick={() => onChoose('mine')}>{t('rate.compare_mine')}</Button>
            <Button onClick={() => onChoose('theirs')}>
              {name ? t('rate.compare_theirs', { name: name.split(' ')[0] ?? name }) : t('rate.compare_server')}
            </Button>
          </div>
        </div>
      }
    >
      <Version title={t('rate.compare_yours')} note={t('save.local')} content={shown.waiting.content} />
      <Version title={name ?? t('rate.compare_self')} note={when} content={shown.current} />
    </Sheet>
  );
}

function Version({ title, note, content }: { title: string; note: string; content: Content }) {
  return (
    <section class="rate-version stack tight">
      <div class="row spread">
        <h3 class="label">{title}</h3>
        <span class="small soft">{note}</span>
      </div>
      <Words content={content} />
    </section>
  );
}
