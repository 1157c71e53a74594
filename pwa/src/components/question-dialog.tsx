import { useRef } from 'preact/hooks';
import { t } from '../lib/i18n';
import { Button } from './button';
import { asked } from './confirm';
import { Dialog } from './dialog';

/** Shows what `confirm` asks. */
export default function QuestionDialog() {
  const question = asked.value;
  const last = useRef(question);
  if (question) last.current = question;
  return (
    <Dialog
      open={question !== null}
      onClose={() => question?.answer(false)}
      title={last.current?.title ?? ''}
      acts={
        <>
          {!last.current?.told && (
            <Button onClick={() => question?.answer(false)}>{last.current?.no ?? t('act.cancel')}</Button>
          )}
          <Button kind={last.current?.danger ? 'danger' : 'primary'} onClick={() => question?.answer(true)}>
            {last.current?.yes}
          </Button>
        </>
      }
    >
      {last.current?.text && <p>{last.current.text}</p>}
    </Dialog>
  );
}
