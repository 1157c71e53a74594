import { Button, Chip, EmptyState, Loaded, PageHeader, SelectField, SkeletonList } from '../../components';
import { day, time } from '../../lib/dates';
import { replace } from '../../lib/navigate';
import { useAdmin } from './data';
import { type AdminKey, ta } from './texts';
import type { LogEntry, LogPage, PersonDetail } from './types';

const KINDS = [
  'person',
  'guardian',
  'group',
  'subject',
  'school',
  'round',
  'roster',
  'signin',
  'access',
  'read',
] as const;

/** Acts that the log knows, in words; others show their own name. */
const ACTS: Readonly<Record<string, AdminKey>> = {
  'person.added': 'admin.act.person_added',
  'person.changed': 'admin.act.person_changed',
  'person.roles': 'admin.act.person_roles',
  'person.scope': 'admin.act.person_scope',
  'person.disabled': 'admin.act.person_disabled',
  'person.enabled': 'admin.act.person_enabled',
  'person.merged': 'admin.act.person_merged',
  'person.erased': 'admin.act.person_erased',
  'person.retired': 'admin.act.person_retired',
  'person.erased_again': 'admin.act.person_erased_again',
  'guardian.added': 'admin.act.guardian_added',
  'guardian.barred': 'admin.act.guardian_barred',
  'guardian.admitted': 'admin.act.guardian_admitted',
  'guardian.ended': 'admin.act.guardian_ended',
  'group.mentors': 'admin.act.group_mentors',
  'group.teachers': 'admin.act.group_teachers',
  'subject.named': 'admin.act.subject_named',
  'school.settings': 'admin.act.school_settings',
  'school.logo': 'admin.act.school_logo',
  'school.calendar': 'admin.act.school_calendar',
  'school.made': 'admin.act.school_made',
  'school.deliveries_retried': 'admin.act.deliveries_retried',
  'round.created': 'admin.act.round_created',
  'round.changed': 'admin.act.round_changed',
  'round.deleted': 'admin.act.round_deleted',
  'round.opened': 'admin.act.round_opened',
  'round.not_opened': 'admin.act.round_not_opened',
  'round.closed': 'admin.act.round_closed',
  'round.reopened': 'admin.act.round_reopened',
  'round.archived': 'admin.act.round_archived',
  'round.nudged': 'admin.act.round_nudged',
  'round.template_saved': 'admin.act.round_template_saved',
  'round.template_renamed': 'admin.act.round_template_renamed',
  'round.template_removed': 'admin.act.round_template_removed',
  'round.stand_in_given': 'admin.act.round_stand_in_given',
  'round.stand_in_taken': 'admin.act.round_stand_in_taken',
  'roster.imported': 'admin.act.roster_imported',
  'roster.undone': 'admin.act.roster_undone',
  'roster.uploaded': 'admin.act.roster_uploaded',
  'roster.source_added': 'admin.act.source_added',
  'roster.source_changed': 'admin.act.source_changed',
  'roster.source_removed': 'admin.act.source_removed',
  'roster.sync_asked': 'admin.act.sync_asked',
  provider_added: 'admin.act.provider_added',
  provider_changed: 'admin.act.provider_changed',
  provider_removed: 'admin.act.provider_removed',
  clash_settled: 'admin.act.clash_settled',
  'access.invited': 'admin.act.access_invited',
  'access.revoked': 'admin.act.access_revoked',
  'access.printed': 'admin.act.access_printed',
  'access.letter_alone': 'admin.act.access_letter',
  'access.reset': 'admin.act.access_reset',
  'read.report': 'admin.act.read_report',
  'read.reports': 'admin.act.read_reports',
  'read.strip': 'admin.act.read_reports',
  'read.clock': 'admin.act.read_clock',
  'read.plan': 'admin.act.read_plan',
  'read.board': 'admin.act.read_board',
  'read.export': 'admin.act.read_export',
  'board.decided': 'admin.act.board_decided',
  'board.changed': 'admin.act.board_changed',
  'board.removed': 'admin.act.board_removed',
  'export.counts': 'admin.act.export_counts',
  'export.texts': 'admin.act.export_texts',
  'read.paper': 'admin.act.read_paper',
  'bundle.asked': 'admin.act.bundle_asked',
};

/** Who did what, about whom, when: newest first, without what it said. */
export default function AuditPart({ query }: { query: Readonly<Record<string, string>> }) {
  const { kind = '', person = '', page = '1' } = query;
  const wanted = Object.entries({ kind, person_id: person, page }).filter(([, value]) => value);
  const log = useAdmin<LogPage>(`/audit?${new URLSearchParams(wanted)}`);
  const about = useAdmin<PersonDetail>(person ? `/people/${person}` : null);
  const show = (change: Record<string, string>) => {
    const next = new URLSearchParams(
      Object.entries({ kind, person, ...change }).filter(([, value]) => value),
    ).toString();
    replace(next ? `/admin/audit?${next}` : '/admin/audit');
  };
  return (
    <section class="page">
      <PageHeader title={ta('admin.audit')} subtitle={ta('admin.audit.subtitle')} back="/admin" />
      <div class="stack">
        <SelectField
          label={ta('admin.audit.kind')}
          value={kind}
          options={[
            { value: '', label: ta('admin.audit.all') },
            ...KINDS.map((value) => ({ value, label: ta(`admin.audit.kind.${value}`) })),
          ]}
          onInput={(value) => show({ kind: value })}
        />
        {person && (
          <div class="admin-chips">
            <Chip pressed icon="close" onClick={() => show({ person: '' })}>
              {ta('admin.audit.about', { name: about.data?.name ?? '…' })}
            </Chip>
          </div>
        )}
        <Loaded from={log} skeleton={<SkeletonList rows={10} />}>
          {(found) =>
            found.entries.length > 0 ? (
              <>
                <ol class="admin-log">
                  {found.entries.map((entry, at) => (
                    <Entry key={at} entry={entry} />
                  ))}
                </ol>
                <nav class="row spread" aria-label={ta('admin.pages')}>
                  <Button small disabled={found.page <= 1} onClick={() => show({ page: String(found.page - 1) })}>
                    {ta('admin.audit.newer')}
                  </Button>
                  <Button small disabled={!found.more} onClick={() => show({ page: String(found.page + 1) })}>
                    {ta('admin.audit.older')}
                  </Button>
                </nav>
              </>
            ) : (
              <EmptyState icon="list" title={ta('admin.audit.none')} />
            )
          }
        </Loaded>
      </div>
    </section>
  );
}

function Entry({ entry }: { entry: LogEntry }) {
  const act = ACTS[entry.act];
  return (
    <li class="admin-entry">
      <p>
        <span class="label">{entry.who?.name ?? ta('admin.audit.nobody')}</span> {act ? ta(act) : entry.act}
        {entry.about.length > 0 && ': '}
        {entry.about.map((one, at) => (
          <span key={one.id}>
            {at > 0 && ', '}
            {one.kind === 'round' ? (
              one.name
            ) : (
              <a href={`/admin/${one.kind === 'person' ? 'people' : 'groups'}/${one.id}`}>{one.name}</a>
            )}
          </span>
        ))}
      </p>
      {entry.details.reason && (
        <p class="prose" dir="auto">
          {entry.details.reason}
        </p>
      )}
      <p class="small soft numeric">
        <time dateTime={entry.at}>
          {day(entry.at)} {time(entry.at)}
        </time>
      </p>
    </li>
  );
}
