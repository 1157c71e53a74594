import { useState } from 'preact/hooks';
import { Banner, Button, Checkbox, DateField, Field, Segmented, Sheet } from '../../components';
import { ApiProblem, api } from '../../lib/api';
import { fromSchoolTime, isPast, schoolTime } from '../../lib/calendar';
import { useClosing } from '../../lib/closing';
import { t } from '../../lib/i18n';
import { behindFirst, CountBar, isReady } from './count-line';
import type { GroupProgress, RoundDetail, RoundProgress } from './types';

interface ActSheetProps {
  detail: RoundDetail;
  progress: RoundProgress;
  onDone: () => void;
  onClose: () => void;
}

/** From so many groups on one looks for one by name. */
const MANY = 12;

/** What was refused, in the server's words. */
function Refusal({ error }: { error: unknown }) {
  if (error === null) return null;
  return (
    <Banner kind="warning" icon="alert">
      {error instanceof ApiProblem ? `${error.title}. ${error.detail}` : t('organise.form.offline')}
    </Banner>
  );
}

interface GroupPickerProps {
  legend: string;
  groups: readonly GroupProgress[];
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
}

/** Some of the round's groups. */
function GroupPicker({ legend, groups, chosen, onChange }: GroupPickerProps) {
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const shown = groups.filter(
    (group) =>
      chosen.includes(group.id) ||
      [group.title, group.subject, ...group.teachers].some((name) => name.toLowerCase().includes(wanted)),
  );
  return (
    <fieldset class="organise-groups stack tight">
      <legend class="label">{legend}</legend>
      {groups.length > MANY && <Field label={t('progress.search')} type="search" value={search} onInput={setSearch} />}
      {shown.map((group) => (
        <Checkbox
          key={group.id}
          label={`${group.title} · ${t('organise.count', { done: group.done, total: group.total })}`}
          help={[group.subject, ...group.teachers].filter(Boolean).join(' · ')}
          checked={chosen.includes(group.id)}
          onChange={(on) => onChange(on ? [...chosen, group.id] : chosen.filter((id) => id !== group.id))}
        />
      ))}
    </fieldset>
  );
}

/** When what stays open, or is opened again, closes by itself. */
function Until({ value, error, onInput }: { value: string; error: unknown; onInput: (value: string) => void }) {
  return (
    <DateField
      label={t('organise.form.closes_at')}
      help={t('organise.form.closes_help')}
      time
      value={value}
      error={error instanceof ApiProblem ? error.at('/closes_at') : undefined}
      onInput={onInput}
    />
  );
}

function closingOf(detail: RoundDetail): string {
  return detail.closes_at && !isPast(detail.closes_at) ? schoolTime(detail.closes_at) : '';
}

/** How the round would be closed now, in numbers and words. */
function Summary({ progress }: { progress: RoundProgress }) {
  const none = progress.pairs - progress.done - progress.incomplete;
  const groups = progress.groups.filter((group) => group.open && !isReady(group)).length;
  const teachers = progress.teachers.filter((teacher) => !isReady(teacher)).length;
  if (progress.done === progress.pairs) return <p>{t('organise.close.complete')}</p>;
  return (
    <div class="stack tight">
      <p>{t('organise.close.missing', { n: progress.pairs - progress.done })}</p>
      <CountBar count={{ done: progress.done, incomplete: progress.incomplete, total: progress.pairs }} />
      <ul class="organise-summary">
        <li>{t('progress.close.done', { n: progress.done })}</li>
        {progress.incomplete > 0 && <li>{t('progress.close.incomplete', { n: progress.incomplete })}</li>}
        {none > 0 && <li>{t('progress.close.none', { n: none })}</li>}
        {groups > 0 && <li>{t('progress.close.groups', { n: groups })}</li>}
        {teachers > 0 && <li>{t('progress.close.teachers', { n: teachers })}</li>}
      </ul>
    </div>
  );
}

/** Closes the round after a summary; groups that are not ready may get more time. */
export function CloseSheet({ detail, progress, onDone, onClose }: ActSheetProps) {
  const { open, close } = useClosing(onClose);
  const [kept, setKept] = useState<readonly string[]>([]);
  const [until, setUntil] = useState(() => closingOf(detail));
  const [error, setError] = useState<unknown>(null);
  // In the order of the moment when the sheet came: lines that jump cannot be ticked.
  const [order] = useState(() => behindFirst(progress.groups).map((group) => group.id));
  const groups = order.flatMap((id) => progress.groups.find((group) => group.id === id) ?? []);
  const behind = groups.filter((group) => group.open && (!isReady(group) || kept.includes(group.id)));
  const act = async () => {
    const extension = kept.length > 0 ? { keep_open_group_ids: kept, closes_at: fromSchoolTime(until) } : {};
    try {
      await api.post(`/rounds/${detail.id}/close`, extension);
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
        <Summary progress={progress} />
        <p class="soft">{t('organise.close.text')}</p>
        {behind.length > 0 && (
          <GroupPicker legend={t('organise.close.extend')} groups={behind} chosen={kept} onChange={setKept} />
        )}
        {kept.length > 0 && <Until value={until} error={error} onInput={setUntil} />}
      </div>
    </Sheet>
  );
}

/** Opens a closed round again, wholly or for some groups, with the reason for the log. */
export function ReopenSheet({ detail, progress, onDone, onClose }: ActSheetProps) {
  const { open, close } = useClosing(onClose);
  const [scope, setScope] = useState<'some' | 'all'>('some');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState(() => closingOf(detail));
  const [error, setError] = useState<unknown>(null);
  const act = async () => {
    const group_ids = scope === 'all' ? null : chosen;
    try {
      await api.post(`/rounds/${detail.id}/reopen`, { group_ids, reason, closes_at: fromSchoolTime(until) });
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
        <Field
          label={t('organise.reopen.reason')}
          hint={t('organise.reopen.reason_hint')}
          value={reason}
          required
          max={500}
          error={error instanceof ApiProblem ? error.at('/reason') : undefined}
          onInput={setReason}
        />
        <Until value={until} error={error} onInput={setUntil} />
        {scope === 'some' && (
          <GroupPicker
            legend={t('organise.reopen.groups')}
            groups={progress.groups.filter((group) => !group.open && group.total > 0)}
            chosen={chosen}
            onChange={setChosen}
          />
        )}
      </div>
    </Sheet>
  );
}
