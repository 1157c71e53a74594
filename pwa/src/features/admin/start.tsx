import { Banner, Button, Icon, type IconName, Loaded, PageHeader, SkeletonCard } from '../../components';
import { day } from '../../lib/dates';
import { useAdmin } from './data';
import { type AdminKey, ta } from './texts';
import type { Overview } from './types';

/** Where the admin starts: what needs attention, and the way to everything. */
export default function AdminStart() {
  const overview = useAdmin<Overview>('/overview');
  return (
    <section class="page wide">
      <PageHeader title={ta('admin.title')} subtitle={ta('admin.subtitle')} />
      <Loaded from={overview} skeleton={<SkeletonCard rows={6} />}>
        {(found) => (
          <div class="stack loose">
            <Attention found={found} />
            <ul class="admin-tiles">
              <Tile href="/admin/people" icon="people" name="admin.people" count={found.people}>
                {ta('admin.start.people', {
                  students: found.students,
                  teachers: found.teachers,
                  guardians: found.guardians,
                })}
              </Tile>
              <Tile
                href="/admin/groups"
                icon="rounds"
                name="admin.groups"
                count={found.home_groups + found.teaching_groups}
              >
                {ta('admin.start.groups', { home: found.home_groups, teaching: found.teaching_groups })}
              </Tile>
              <Tile href="/admin/roster" icon="table" name="admin.roster">
                {found.imported_at
                  ? ta('admin.start.roster', { day: day(found.imported_at) })
                  : ta('admin.start.roster_never')}
              </Tile>
              <Tile href="/admin/sign-in" icon="lock" name="admin.sign_in">
                {ta('admin.start.sign_in')}
              </Tile>
              <Tile href="/admin/subjects" icon="book" name="admin.subjects">
                {ta('admin.start.subjects')}
              </Tile>
              <Tile href="/admin/settings" icon="settings" name="admin.settings">
                {ta('admin.start.settings')}
              </Tile>
              <Tile href="/admin/notices" icon="bell" name="admin.notices">
                {ta('admin.start.notices')}
              </Tile>
              <Tile href="/admin/calendar" icon="calendar" name="admin.calendar">
                {ta('admin.start.calendar')}
              </Tile>
              <Tile href="/admin/deliveries" icon="send" name="admin.deliveries">
                {ta('admin.start.deliveries')}
              </Tile>
              <Tile href="/admin/retention" icon="clock" name="admin.retention">
                {ta('admin.start.retention')}
              </Tile>
              <Tile href="/admin/audit" icon="list" name="admin.audit">
                {ta('admin.start.audit')}
              </Tile>
            </ul>
          </div>
        )}
      </Loaded>
    </section>
  );
}

interface TileProps {
  href: string;
  icon: IconName;
  name: AdminKey;
  count?: number;
  children: string;
}

function Tile({ href, icon, name, count, children }: TileProps) {
  return (
    <li>
      <a class="card admin-tile" href={href}>
        <Icon name={icon} size={26} />
        <span class="admin-tile-text">
          <span class="heading">
            {ta(name)}
            {count !== undefined && <span class="soft numeric"> {count}</span>}
          </span>
          <span class="small soft">{children}</span>
        </span>
      </a>
    </li>
  );
}

function Attention({ found }: { found: Overview }) {
  const some = (
    [
      ['without_mentor', found.without_mentor, '/admin/groups?show=without'],
      ['without_teacher', found.without_teacher, '/admin/groups?kind=teaching&show=without'],
      ['clashes', found.clashes, '/admin/sign-in'],
      ['sources_stuck', found.sources_stuck, '/admin/roster'],
      ['one_admin', found.admins === 1 ? 1 : 0, '/admin/people?role=admin'],
    ] as const
  ).filter(([, n]) => n > 0);
  if (some.length === 0) return null;
  return (
    <section class="stack tight" aria-label={ta('admin.start.attention')}>
      {some.map(([what, n, href]) => (
        <Banner
          key={what}
          kind="attention"
          icon="info"
          act={
            <Button small href={href}>
              {ta('admin.start.look')}
            </Button>
          }
        >
          {ta(`admin.start.${what}`, { n })}
        </Banner>
      ))}
    </section>
  );
}
