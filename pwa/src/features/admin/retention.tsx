import { Banner, Button, EmptyState, List, ListRow, Loaded, PageHeader, SkeletonList } from '../../components';
import { day } from '../../lib/dates';
import { replace } from '../../lib/navigate';
import { useAdmin } from './data';
import { Pages } from './people';
import { ta } from './texts';
import type { Leaver, RetentionPage } from './types';

/** Who left, and when everything about them is erased: what the night will do, before it does it. */
export default function RetentionPart({ query }: { query: Readonly<Record<string, string>> }) {
  const { page = '1' } = query;
  const found = useAdmin<RetentionPage>(`/retention?page=${encodeURIComponent(page)}`);
  return (
    <section class="page">
      <PageHeader title={ta('admin.retention')} subtitle={ta('admin.retention.subtitle')} back="/admin" />
      <Loaded from={found} skeleton={<SkeletonList rows={8} />}>
        {(list) => (
          <div class="stack loose">
            <Rule list={list} />
            {list.people.length > 0 ? (
              <section class="stack tight" aria-labelledby="retention-people">
                <h2 class="heading" id="retention-people">
                  {ta('admin.retention.left', { n: list.total })}
                </h2>
                <List>
                  {list.people.map((person) => (
                    <Row key={person.id} person={person} />
                  ))}
                </List>
                <Pages
                  at={list.page}
                  of={list.pages}
                  onChange={(to) => replace(to > 1 ? `/admin/retention?page=${to}` : '/admin/retention')}
                />
              </section>
            ) : (
              <EmptyState icon="people" title={ta('admin.retention.none')} text={ta('admin.retention.none_why')} />
            )}
          </div>
        )}
      </Loaded>
    </section>
  );
}

/** How long, what the coming night and month bring, and what the last time was. */
function Rule({ list }: { list: RetentionPage }) {
  return (
    <div class="stack tight">
      <p>{ta('admin.retention.rule', { n: list.years })}</p>
      {list.tonight > 0 ? (
        <Banner kind="attention" icon="alert">
          {ta('admin.retention.tonight', { n: list.tonight })}
        </Banner>
      ) : (
        <Banner icon="info">{ta('admin.retention.not_tonight')}</Banner>
      )}
      {list.soon > list.tonight && <p class="soft">{ta('admin.retention.soon', { n: list.soon })}</p>}
      {list.last && (
        <p class="small soft">{ta('admin.retention.last', { n: list.last.people, day: day(list.last.at) })}</p>
      )}
      <p>
        <Button small icon="settings" href="/admin/settings">
          {ta('admin.retention.change')}
        </Button>
      </p>
    </div>
  );
}

function Row({ person }: { person: Leaver }) {
  const roles = person.roles.map((role) => ta(`admin.role.${role}`)).join(', ');
  const left = ta('admin.retention.left_on', { day: day(person.left_on) });
  return (
    <ListRow
      href={`/admin/people/${person.id}`}
      title={person.list_name}
      text={
        <>
          {[roles, left].filter(Boolean).join(' · ')}
          <br />
          <span class="numeric">{ta('admin.retention.goes_on', { day: day(person.goes_on) })}</span>
        </>
      }
    />
  );
}
