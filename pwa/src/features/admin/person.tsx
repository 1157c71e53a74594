import { useState } from 'preact/hooks';
import {
  Banner,
  Button,
  Checkbox,
  Chip,
  confirm,
  DateField,
  List,
  ListRow,
  Loaded,
  Menu,
  PageHeader,
  SkeletonCard,
  Switch,
} from '../../components';
import { type ApiProblem, api } from '../../lib/api';
import { day } from '../../lib/dates';
import { Names } from './add-person';
import { act, tell, useAdmin, useInTurn } from './data';
import { EraseSheet } from './erase';
import { GuardiansPart } from './guardians';
import { mergeWith } from './merging';
import { PersonPicker } from './person-picker';
import { ta } from './texts';
import type { PersonDetail } from './types';

const GIVEN = ['leader', 'organiser', 'admin'] as const;

/** One person: who it is, what they may, whose they are, and whether they can sign in. */
export default function PersonPart({ id = '' }: { id?: string }) {
  const person = useAdmin<PersonDetail>(`/people/${id}`);
  return (
    <section class="page">
      <Loaded from={person} skeleton={<SkeletonCard rows={6} />}>
        {(found) =>
          found.erased_at ? (
            <Erased at={found.erased_at} id={found.id} />
          ) : (
            <OnePerson person={found} onChange={person.set} onErased={person.reload} />
          )
        }
      </Loaded>
    </section>
  );
}

export interface PartProps {
  person: PersonDetail;
  onChange: (person: PersonDetail) => void;
}

/** What is left of somebody who was erased: a number that others’ texts refer to. */
function Erased({ at, id }: { at: string; id: string }) {
  return (
    <div class="stack loose">
      <PageHeader title={ta('admin.erase.nobody')} back="/admin/people" />
      <Banner icon="info">{ta('admin.erase.erased', { day: day(at) })}</Banner>
      <p>
        <Button kind="ghost" icon="list" href={`/admin/audit?person=${id}`}>
          {ta('admin.person.log')}
        </Button>
      </p>
    </div>
  );
}

function OnePerson({ person, onChange, onErased }: PartProps & { onErased: () => void }) {
  const [merging, setMerging] = useState(false);
  const [erasing, setErasing] = useState(false);
  const at = `/admin/people/${person.id}`;
  const student = person.roles.some(({ role }) => role === 'student');
  const disable = async () => {
    const yes = await confirm({
      title: ta('admin.person.disable_title', { name: person.name }),
      text: ta('admin.person.disable_text'),
      yes: ta('admin.person.disable'),
      danger: true,
    });
    if (yes) await act(async () => onChange(await api.post(`${at}/disable`)), ta('admin.person.disabled'));
  };
  const enable = () => act(async () => onChange(await api.post(`${at}/enable`)), ta('admin.person.enabled'));
  const menu = [
    ...(person.state === 'here'
      ? [{ label: ta('admin.person.disable'), icon: 'lock' as const, onClick: disable, danger: true }]
      : []),
    ...(person.merged_into
      ? []
      : [{ label: ta('admin.merge.act'), icon: 'copy' as const, onClick: () => setMerging(true) }]),
    { label: ta('admin.erase.menu'), icon: 'trash' as const, onClick: () => setErasing(true), danger: true },
  ];
  return (
    <div class="stack loose">
      <PageHeader
        title={person.name}
        subtitle={[...person.roles.map(({ role }) => ta(`admin.role.${role}`)), ta(`admin.from.${person.source}`)].join(
          ' · ',
        )}
        back="/admin/people"
        end={<Menu label={ta('admin.person.more')} items={menu} />}
      />
      {person.merged_into && (
        <Banner
          icon="info"
          act={
            <Button small href={`/admin/people/${person.merged_into}`}>
              {ta('admin.person.to_that')}
            </Button>
          }
        >
          {ta('admin.person.merged')}
        </Banner>
      )}
      {person.state === 'left' && !person.merged_into && person.left_on && (
        <Banner icon="info">{ta('admin.person.left', { day: day(person.left_on) })}</Banner>
      )}
      {person.disabled_at && (
        <Banner
          kind="attention"
          icon="lock"
          act={
            <Button small onClick={enable}>
              {ta('admin.person.enable')}
            </Button>
          }
        >
          {ta('admin.person.off', { day: day(person.disabled_at) })}
        </Banner>
      )}
      {!person.enabled && <Banner icon="lock">{ta('admin.person.off_in_roster')}</Banner>}
      {person.source === 'manual' ? <OwnNames person={person} onChange={onChange} /> : <Facts person={person} />}
      {student ? (
        <>
          <StudentPart person={person} onChange={onChange} />
          <GuardiansPart person={person} onChange={onChange} />
        </>
      ) : (
        person.state !== 'left' && <RolesPart person={person} onChange={onChange} />
      )}
      <Relatives person={person} />
      <p>
        <Button kind="ghost" icon="list" href={`/admin/audit?person=${person.id}`}>
          {ta('admin.person.log')}
        </Button>
      </p>
      {merging && (
        <PersonPicker
          title={ta('admin.merge.title')}
          subtitle={ta('admin.merge.text', { name: person.name })}
          without={[person.id]}
          start={person.family_name}
          onChoose={(into) => mergeWith(person, into)}
          onClose={() => setMerging(false)}
        />
      )}
      {erasing && <EraseSheet person={person} onClose={() => setErasing(false)} onErased={onErased} />}
    </div>
  );
}

function Facts({ person }: { person: PersonDetail }) {
  const facts = [
    [ta('admin.person.username'), person.username],
    [ta('admin.person.email'), person.email],
    [ta('admin.person.sourced_id'), person.sourced_id],
  ].filter(([, value]) => value);
  return (
    <dl class="admin-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt class="small soft">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function OwnNames({ person, onChange }: PartProps) {
  const start = {
    given_name: person.given_name,
    family_name: [person.particle, person.family_name].filter(Boolean).join(' '),
    email: person.email,
  };
  const [body, setBody] = useState(start);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const same = JSON.stringify(body) === JSON.stringify(start);
  const save = async () =>
    setProblem(
      await act(async () => onChange(await api.patch(`/admin/people/${person.id}`, body)), ta('admin.person.saved')),
    );
  return (
    <section class="stack" aria-label={ta('admin.person.names')}>
      <Names
        body={body}
        problem={problem}
        onChange={(part) => {
          setBody({ ...body, ...part });
          setProblem(null);
        }}
      />
      <p>
        <Button disabled={same} onClick={save}>
          {ta('admin.person.save')}
        </Button>
      </p>
    </section>
  );
}

function RolesPart({ person, onChange }: PartProps) {
  const sources = new Map(person.roles.map(({ role, source }) => [role, source]));
  const by_hand = GIVEN.filter((role) => sources.get(role) === 'manual');
  const set = async (role: (typeof GIVEN)[number], on: boolean) => {
    const roles = on ? [...by_hand, role] : by_hand.filter((each) => each !== role);
    // Where it fails the switch goes back to what is so.
    await tell(
      async () => onChange(await api.put(`/admin/people/${person.id}/roles`, { roles })),
      undefined,
      () => onChange({ ...person }),
    );
  };
  return (
    <section class="stack tight" aria-labelledby="person-roles">
      <h2 class="heading" id="person-roles">
        {ta('admin.person.roles')}
      </h2>
      {GIVEN.map((role) => (
        <Switch
          key={`${role}${sources.get(role)}`}
          label={ta(`admin.role.${role}`)}
          help={sources.get(role) === 'roster' ? ta('admin.person.role_from_roster') : ta(`admin.person.can.${role}`)}
          checked={sources.has(role)}
          disabled={sources.get(role) === 'roster'}
          onChange={(on) => set(role, on)}
        />
      ))}
      {sources.has('leader') && <ScopePart person={person} onChange={onChange} />}
    </section>
  );
}

function ScopePart({ person, onChange }: PartProps) {
  const inTurn = useInTurn();
  const chosen = new Set(person.scope.map(({ id }) => id));
  const save = (group_ids: string[], everything = false) => {
    onChange({ ...person, scope: person.home_groups.filter(({ id }) => group_ids.includes(id)) });
    const body = everything ? { everything } : { group_ids };
    return tell(
      () => inTurn(() => api.put<PersonDetail>(`/admin/people/${person.id}/scope`, body), onChange),
      undefined,
      () => onChange(person),
    );
  };
  const everything = person.home_groups.map(({ id }) => id);
  const all = chosen.size === everything.length;
  return (
    <fieldset class="admin-choice">
      <legend class="label">{ta('admin.person.scope')}</legend>
      <p class="small soft">{ta('admin.person.scope_help')}</p>
      <div class="admin-chips">
        <Chip pressed={all} onClick={() => (all ? save([]) : save(everything, true))}>
          {ta('admin.person.scope_all')}
        </Chip>
        {person.home_groups.map((group) => (
          <Chip
            key={group.id}
            pressed={chosen.has(group.id)}
            onClick={() => {
              const next = new Set(chosen);
              if (!next.delete(group.id)) next.add(group.id);
              return save([...next]);
            }}
          >
            {group.title}
          </Chip>
        ))}
      </div>
    </fieldset>
  );
}

function StudentPart({ person, onChange }: PartProps) {
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [born, setBorn] = useState(person.birth_date ?? '');
  const change = async (part: Record<string, unknown>) =>
    setProblem(
      await act(
        async () => onChange(await api.patch(`/admin/people/${person.id}`, part)),
        undefined,
        () => onChange({ ...person }),
      ),
    );
  return (
    <section class="stack tight" aria-labelledby="person-age">
      <h2 class="heading" id="person-age">
        {ta('admin.person.age')}
      </h2>
      <DateField
        label={ta('admin.person.birth_date')}
        value={born}
        help={ta('admin.person.birth_date_help')}
        error={problem?.at('/birth_date')}
        onInput={(value) => {
          setBorn(value);
          // While the year is being typed it is 0002, 0020, 0201: not yet what is meant.
          if (value.startsWith('0') || value === (person.birth_date ?? '')) return;
          void change({ birth_date: value || null });
        }}
      />
      {!person.birth_date && (
        <Checkbox
          label={ta('admin.person.adult')}
          help={ta('admin.person.adult_help')}
          checked={person.adult_flag}
          onChange={(adult_flag) => change({ adult_flag })}
        />
      )}
      <Switch
        label={ta('admin.person.consents_report')}
        help={ta('admin.person.consents_report_help')}
        checked={person.consents_report}
        onChange={(consents_report) => change({ consents_report })}
      />
      <Switch
        label={ta('admin.person.consents_plan')}
        help={ta('admin.person.consents_plan_help')}
        checked={person.consents_plan}
        onChange={(consents_plan) => change({ consents_plan })}
      />
    </section>
  );
}

function Relatives({ person }: { person: PersonDetail }) {
  return (
    <>
      {person.children.length > 0 && (
        <section class="stack tight" aria-labelledby="person-children">
          <h2 class="heading" id="person-children">
            {ta('admin.person.children')}
          </h2>
          <List>
            {person.children.map((child) => (
              <ListRow
                key={child.id}
                href={`/admin/people/${child.id}`}
                title={child.name}
                text={child.barred ? ta('admin.guardian.barred') : undefined}
              />
            ))}
          </List>
        </section>
      )}
      {person.groups.length > 0 && (
        <section class="stack tight" aria-labelledby="person-groups">
          <h2 class="heading" id="person-groups">
            {ta('admin.groups')}
          </h2>
          <List>
            {person.groups.map((group) => (
              <ListRow
                key={`${group.id}${group.role}`}
                href={`/admin/groups/${group.id}`}
                title={group.title}
                text={[ta(`admin.group.as.${group.kind}_${group.role}`), group.subject].filter(Boolean).join(' · ')}
              />
            ))}
          </List>
        </section>
      )}
    </>
  );
}
