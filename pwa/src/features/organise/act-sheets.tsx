import { useState } from 'preact/hooks';
import { Banner, Button, Checkbox, Field, Segmented, Sheet } from '../../components';
import { ApiProblem, api } from '../../lib/api';
import { useClosing } from '../../lib/closing';
import { t } from '../../lib/i18n';
import type { GroupProgress } from './types';

interface ActSheetProps {
  round: string;
  groups: readonly GroupProgress[];
  onDone: () => void;
  onClose: () => void;
}

/** What was refused, in the server's words. */
function Refusal({ error }: { error: unknown }) {
  if (error === null) return null;
  return (
    <Banner kind="warning" icon="alert">
      {error instanceof ApiProblem ? `${error.title}. ${error.detail}` : t('organise.form.offline')}
    </Banner>
  );
}

/** Closes the round; groups that are not ready may get more time. */
export function CloseSheet({ round, groups, onDone, onClose }: ActSheetProps) {
  const { open, close } = useClosing(onClose);
  const [kept, setKept] = useState<readonly string[]>([]);
  const [error, setError] = useState<unknown>(null);
  const behind = groups.filter((group) => group.open && group.done < group.total);
  const missing = behind.reduce((sum, group) => sum + group.total - group.done, 0);
  const act = async () => {
    try {
      await api.post(`/rounds/${round}/close`, { keep_open_group_ids: kept });
      onDone();
    } catch (thrown) {
      setError(thrown);
    }
  };
  return (
    <Sheet
      open={open}
      onClose={close}
      title={t('organise.close.title')}
      footer={
        <Button kind="primary" wide icon="lock" onClick={act}>
          {kept.length > 0 ? t('organise.close.act_partly', { n: kept.length }) : t('organise.close.act')}
        </Button>
      }
    >
      <div class="stack">
        <Refusal error={error} />
        <p>{missing > 0 ? t('organise.close.missing', { n: missing }) : t('organise.close.complete')}</p>
        <p class="soft">{t('organise.close.text')}</p>
        {behind.length > 0 && (
          <fieldset class="organise-groups">
            <legend class="label">{t('organise.close.extend')}</legend>
            {behind.map((group) => (
              <Checkbox
                key={group.id}
                label={`${group.title} · ${t('organise.count', { done: group.done, total: group.total })}`}
                help={group.teachers.join(', ')}
                checked={kept.includes(group.id)}
                onChange={(on) => setKept(on ? [...kept, group.id] : kept.filter((id) => id !== group.id))}
              />
            ))}
          </fieldset>
        )}
      </div>
    </Sheet>
  );
}

/** Opens a closed round again, wholly or for some groups, with the reason for the log. */
export function ReopenSheet({ round, groups, onDone, onClose }: ActSheetProps) {
  const { open, close } = useClosing(onClose);
  const [scope, setScope] = useState<'some' | 'all'>('some');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [reason, setReason] = useState('');
  const [error, setError] = useState<unknown>(null);
  const act = async () => {
    try {
      await api.post(`/rounds/${round}/reopen`, { group_ids: scope === 'all' ? null : chosen, reason });
      onDone();
    } catch (thrown) {
      setError(thrown);
    }
  };
  return (
    <Sheet
      open={open}
      onClose={close}
      title={t('organise.reopen.title')}
      footer={
        <Button kind="primary" wide disabled={scope === 'some' && chosen.length === 0} onClick={act}>
          {t('organise.reopen.act')}
        </Button>
      }
    >
      <div class="stack">
        <Refusal error={error} />
        <p class="soft">{t('organise.reopen.text')}</p>
        <Segmented
          label={t('organise.reopen.scope')}
          value={scope}
          options={[
            { value: 'some', label: t('organise.reopen.some') },
            { value: 'all', label: t('organise.reopen.all') },
          ]}
          onChange={setScope}
        />
        {scope === 'some' && (
          <fieldset class="organise-groups">
            <legend class="label">{t('organise.reopen.groups')}</legend>
            {groups.map((group) => (
              <Checkbox
                key={group.id}
                label={`${group.title} · ${group.subject}`}
                help={group.teachers.join(', ')}
                checked={chosen.includes(group.id)}
                onChange={(on) => setChosen(on ? [...chosen, group.id] : chosen.filter((id) => id !== group.id))}
              />
            ))}
          </fieldset>
        )}
        <Field
          label={t('organise.reopen.reason')}
          hint={t('organise.reopen.reason_hint')}
          value={reason}
          required
          max={500}
          error={error instanceof ApiProblem ? error.at('/reason') : undefined}
          onInput={setReason}
        />
      </div>
    </Sheet>
  );
}
