import { useState } from 'preact/hooks';
import {
  ActBar,
  Button,
  DateField,
  EmptyState,
  Field,
  IconButton,
  Loaded,
  PageHeader,
  SkeletonCard,
} from '../../components';
import { type ApiProblem, api } from '../../lib/api';
import { t } from '../../lib/i18n';
import { act, useSchool } from './data';
import type { Holiday, SchoolCalendar } from './notice-types';
import { ta } from './texts';

const PATH = '/school/calendar';
const NEW: Holiday = { name: '', first: '', last: '' };

/** When the school is closed: reminders count school days, and devices stay silent. */
export default function CalendarPart() {
  const calendar = useSchool<SchoolCalendar>('/calendar');
  return (
    <section class="page">
      <PageHeader title={ta('admin.calendar')} subtitle={ta('admin.calendar.subtitle')} back="/admin" />
      <Loaded from={calendar} skeleton={<SkeletonCard rows={6} />}>
        {(found) => <Holidays key={JSON.stringify(found)} saved={found.holidays} onSaved={calendar.set} />}
      </Loaded>
    </section>
  );
}

interface HolidaysProps {
  saved: readonly Holiday[];
  onSaved: (calendar: SchoolCalendar) => void;
}

function Holidays({ saved, onSaved }: HolidaysProps) {
  const [holidays, setHolidays] = useState<readonly Holiday[]>(saved);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const take = (next: readonly Holiday[]) => {
    setHolidays(next);
    setProblem(null);
  };
  const set = (at: number, change: Partial<Holiday>) =>
    take(holidays.map((one, i) => (i === at ? { ...one, ...change } : one)));
  const save = async () =>
    setProblem(
      await act(async () => onSaved(await api.put<SchoolCalendar>(PATH, { holidays })), ta('admin.calendar.saved')),
    );
  const changed = JSON.stringify(holidays) !== JSON.stringify(saved);
  return (
    <div class="stack">
      {holidays.length === 0 && (
        <EmptyState icon="calendar" title={ta('admin.calendar.none')} text={ta('admin.calendar.none_why')} />
      )}
      {holidays.map((holiday, at) => (
        <fieldset key={at} class="card admin-choice admin-holiday stack tight">
          <legend class="visually-hidden">{holiday.name || ta('admin.calendar.new')}</legend>
          <div class="admin-holiday-name">
            <Field
              label={ta('admin.calendar.name')}
              value={holiday.name}
              max={120}
              error={problem?.at(`/holidays/${at}/name`)}
              onInput={(name) => set(at, { name })}
            />
            <IconButton
              icon="trash"
              label={ta('admin.calendar.remove', { name: holiday.name || ta('admin.calendar.new') })}
              onClick={() => take(holidays.filter((_, i) => i !== at))}
            />
          </div>
          <div class="admin-pair">
            <DateField
              label={ta('admin.calendar.first')}
              value={holiday.first}
              error={problem?.at(`/holidays/${at}/first`)}
              onInput={(first) => set(at, holiday.last ? { first } : { first, last: first })}
            />
            <DateField
              label={ta('admin.calendar.last')}
              value={holiday.last}
              min={holiday.first}
              error={problem?.at(`/holidays/${at}/last`)}
              onInput={(last) => set(at, { last })}
            />
          </div>
        </fieldset>
      ))}
      {problem?.at('/holidays') && (
        <p class="small ink-warning" role="alert">
          {problem.at('/holidays')}
        </p>
      )}
      <p>
        <Button icon="plus" onClick={() => take([...holidays, NEW])}>
          {ta('admin.calendar.add')}
        </Button>
      </p>
      {changed && (
        <ActBar>
          <Button kind="ghost" onClick={() => take(saved)}>
            {t('act.cancel')}
          </Button>
          <Button kind="primary" onClick={save}>
            {ta('admin.save')}
          </Button>
        </ActBar>
      )}
    </div>
  );
}
