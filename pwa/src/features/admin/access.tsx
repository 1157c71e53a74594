import { useEffect, useState } from 'preact/hooks';
import {
  Banner,
  confirm,
  EmptyState,
  Field,
  List,
  ListRow,
  Loaded,
  Menu,
  PageHeader,
  Segmented,
  SkeletonList,
} from '../../components';
import { api } from '../../lib/api';
import { day } from '../../lib/dates';
import { replace } from '../../lib/navigate';
import { act, useAdmin } from './data';
import { Pages } from './people';
import type { AccessItem, AccessPage, Invited } from './sign-in-types';
import { ta } from './texts';

const WHO = ['guardians', 'students', 'staff'] as const;
const PAGE = 100;
const REST_MS = 250;

/** Who gets in without a provider: passkeys and invitations, by mail or on paper. */
export default function AccessPart({ query }: { query: Readonly<Record<string, string>> }) {
  const who = WHO.find((one) => one === query.who) ?? 'guardians';
  const page = Math.max(Number(query.page) || 0, 0);
  const search = query.q ?? '';
  const [typed, setTyped] = useState(search);
  const [invited, setInvited] = useState<Invited | null>(null);
  const people = useAdmin<AccessPage>(`/access?${new URLSearchParams({ who, search, page: String(page) })}`);
  const show = (change: Record<string, string>) => {
    const wanted = Object.entries({ who, q: search, ...change }).filter(([, value]) => value);
    replace(`/admin/access?${new URLSearchParams(wanted)}`);
  };
  useEffect(() => {
    if (typed.trim() === search) return;
    const timer = setTimeout(() => show({ q: typed.trim() }), REST_MS);
    return () => clearTimeout(timer);
  });
  const invite = async (body: object) => {
    await act(async () => setInvited(await api.post<Invited>('/admin/access/invitations', body)));
    people.reload();
  };
  const everybody = async (channel: 'mail' | 'paper') => {
    const yes = await confirm({
      title: ta(`admin.access.all_${who}`),
      text: ta(`admin.access.all_${channel}`),
      yes: ta(`admin.access.by_${channel}`),
    });
    if (yes) await invite({ channel, who });
  };
  return (
    <section class="page">
      <PageHeader
        title={ta('admin.access')}
        subtitle={ta('admin.access.subtitle')}
        back="/admin/sign-in"
        end={
          <Menu
            label={ta('admin.access.everybody')}
            items={[
              { label: ta('admin.access.by_mail'), icon: 'mail', onClick: () => everybody('mail') },
              { label: ta('admin.access.by_paper'), icon: 'report', onClick: () => everybody('paper') },
            ]}
          />
        }
      />
      <div class="stack">
        {invited && <Outcome invited={invited} />}
        <Segmented
          label={ta('admin.access.who')}
          value={who}
          options={WHO.map((value) => ({ value, label: ta(`admin.access.who.${value}`) }))}
          onChange={(value) => show({ who: value })}
        />
        <Field label={ta('admin.people.search')} type="search" value={typed} onInput={setTyped} />
        <Loaded from={people} skeleton={<SkeletonList rows={8} />}>
          {(found) =>
            found.people.length > 0 ? (
              <>
                <List>
                  {found.people.map((person) => (
                    <AccessRow key={person.id} person={person} onInvite={invite} onChange={people.reload} />
                  ))}
                </List>
                <Pages
                  at={page + 1}
                  of={Math.ceil(found.total / PAGE)}
                  onChange={(to) => show({ page: String(to - 1) })}
                />
              </>
            ) : (
              <EmptyState icon="search" title={ta('admin.people.none')} />
            )
          }
        </Loaded>
      </div>
    </section>
  );
}

function Outcome({ invited }: { invited: Invited }) {
  return (
    <Banner
      icon="check"
      act={
        invited.letters && (
          <a class="button button-small" href={invited.letters} target="_blank" rel="noreferrer">
            {ta('admin.access.letters')}
          </a>
        )
      }
    >
      {[
        ta('admin.access.made', { n: invited.made }),
        invited.without_address > 0 && ta('admin.access.without_address', { n: invited.without_address }),
        invited.had_access > 0 && ta('admin.access.had_access', { n: invited.had_access }),
      ]
        .filter(Boolean)
        .join(' ')}
    </Banner>
  );
}

interface RowProps {
  person: AccessItem;
  onInvite: (body: object) => Promise<void>;
  onChange: () => void;
}

function AccessRow({ person, onInvite, onChange }: RowProps) {
  const reset = async () => {
    const yes = await confirm({
      title: ta('admin.access.reset_title', { name: person.name }),
      text: ta('admin.access.reset_text'),
      yes: ta('admin.access.reset'),
      danger: true,
    });
    if (!yes) return;
    await act(() => api.post(`/admin/access/people/${person.id}/reset`), ta('admin.access.reset_done'));
    onChange();
  };
  const revoke = async () => {
    await act(() => api.del(`/admin/access/invitations/${person.invitation?.id}`), ta('admin.access.revoked'));
    onChange();
  };
  const open = person.invitation && ['waiting', 'opened'].includes(person.invitation.state);
  return (
    <ListRow
      title={person.list_name}
      text={[person.students.join(', ') || person.home_group, says(person)].filter(Boolean).join(' · ')}
      end={
        <Menu
          label={ta('admin.access.of', { name: person.name })}
          items={[
            ...(person.has_address
              ? [
                  {
                    label: ta('admin.access.by_mail'),
                    icon: 'mail' as const,
                    onClick: () => void onInvite({ channel: 'mail', persons: [person.id] }),
                  },
                ]
              : []),
            {
              label: ta('admin.access.by_paper'),
              icon: 'report' as const,
              onClick: () => void onInvite({ channel: 'paper', persons: [person.id] }),
            },
            ...(open ? [{ label: ta('admin.access.revoke'), icon: 'close' as const, onClick: revoke }] : []),
            { label: ta('admin.access.reset'), icon: 'lock' as const, onClick: reset, danger: true },
          ]}
        />
      }
    />
  );
}

/** How far somebody is on the way in: the last sign-in, or the invitation that was made after it. */
function says({ invitation, signed_in_at }: AccessItem): string {
  if (signed_in_at && !(invitation && new Date(invitation.invited_at) > new Date(signed_in_at)))
    return ta('admin.access.signed_in', { day: day(signed_in_at) });
  if (!invitation) return ta('admin.access.not_invited');
  if (invitation.undelivered) return ta('admin.access.undelivered');
  return ta(`admin.access.state.${invitation.state}`, { day: day(invitation.expires_at) });
}
