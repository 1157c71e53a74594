import { useState } from 'preact/hooks';
import {
  Banner,
  Button,
  Chip,
  confirm,
  EmptyState,
  Icon,
  List,
  ListRow,
  Loaded,
  PageHeader,
  SkeletonCard,
} from '../../components';
import { api } from '../../lib/api';
import { day } from '../../lib/dates';
import { act, useAdmin } from './data';
import { ProviderSheet } from './provider-sheet';
import type { Clash, Provider, ProviderReport } from './sign-in-types';
import { ta } from './texts';

/** How people sign in: the school's own accounts, and what of them is unclear. */
export default function SignInPart() {
  const providers = useAdmin<Provider[]>('/sign-in/providers');
  const clashes = useAdmin<Clash[]>('/sign-in/clashes');
  const [editing, setEditing] = useState<Provider | 'new' | null>(null);
  return (
    <section class="page">
      <PageHeader title={ta('admin.sign_in')} subtitle={ta('admin.sign_in.subtitle')} back="/admin" />
      <div class="stack loose">
        {clashes.data && clashes.data.length > 0 && <Clashes clashes={clashes.data} onDecided={clashes.reload} />}
        <section class="stack tight" aria-labelledby="sign-in-providers">
          <h2 class="heading" id="sign-in-providers">
            {ta('admin.sign_in.providers')}
          </h2>
          <Loaded from={providers} skeleton={<SkeletonCard rows={3} />}>
            {(all) =>
              all.length > 0 ? (
                all.map((provider) => (
                  <OneProvider
                    key={provider.id}
                    provider={provider}
                    onEdit={() => setEditing(provider)}
                    onChange={providers.reload}
                  />
                ))
              ) : (
                <EmptyState icon="lock" title={ta('admin.sign_in.none')} text={ta('admin.sign_in.none_why')} />
              )
            }
          </Loaded>
          <p>
            <Button icon="plus" onClick={() => setEditing('new')}>
              {ta('admin.sign_in.add')}
            </Button>
          </p>
        </section>
        <List>
          <ListRow
            href="/admin/access"
            start={<Icon name="mail" />}
            title={ta('admin.access')}
            text={ta('admin.access.subtitle')}
          />
        </List>
      </div>
      {editing && (
        <ProviderSheet
          provider={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
          onSaved={providers.reload}
        />
      )}
    </section>
  );
}

interface OneProps {
  provider: Provider;
  onEdit: () => void;
  onChange: () => void;
}

function OneProvider({ provider, onEdit, onChange }: OneProps) {
  const [report, setReport] = useState<ProviderReport | null>(null);
  const at = `/admin/sign-in/providers/${provider.id}`;
  const test = () => act(async () => setReport(await api.post<ProviderReport>(`${at}/test`)));
  const remove = async () => {
    const yes = await confirm({
      title: ta('admin.sign_in.remove_title', { name: provider.name }),
      text: ta('admin.sign_in.remove_text'),
      yes: ta('admin.sign_in.remove'),
      danger: true,
    });
    if (!yes) return;
    await act(() => api.del(at), ta('admin.sign_in.removed'));
    onChange();
  };
  return (
    <div class="card stack tight">
      <div class="row spread">
        <p class="label">{provider.name}</p>
        {!provider.enabled && <Chip>{ta('admin.sign_in.off')}</Chip>}
      </div>
      <p class="small soft">
        {ta(`admin.sign_in.preset.${provider.preset}`)} · {ta(`admin.sign_in.bind.${provider.bind_by}`)}
      </p>
      <div>
        <p class="small soft">{ta('admin.sign_in.redirect')}</p>
        <p class="admin-address">{provider.redirect_uri}</p>
      </div>
      {report && <Report report={report} />}
      <div class="row">
        <Button small icon="check" onClick={test}>
          {ta('admin.sign_in.test')}
        </Button>
        <Button small kind="ghost" icon="pencil" onClick={onEdit}>
          {ta('admin.change')}
        </Button>
        <Button small kind="ghost" icon="trash" onClick={remove}>
          {ta('admin.sign_in.remove')}
        </Button>
      </div>
    </div>
  );
}

const MARKS = { ok: 'check', warning: 'info', failed: 'alert' } as const;

function Report({ report }: { report: ProviderReport }) {
  return (
    <div role="status" class="stack tight">
      <p class={report.usable ? 'label' : 'label ink-warning'}>
        {ta(report.usable ? 'admin.sign_in.usable' : 'admin.sign_in.unusable')}
      </p>
      <ul class="admin-plain small">
        {report.checks.map((check) => (
          <li key={check.key} class={check.outcome === 'failed' ? 'admin-check ink-warning' : 'admin-check'}>
            <Icon name={MARKS[check.outcome]} size={18} label={ta(`admin.sign_in.outcome.${check.outcome}`)} />
            <span>{check.text}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Clashes({ clashes, onDecided }: { clashes: Clash[]; onDecided: () => void }) {
  const decide = async (clash: Clash, person_id: string | null) => {
    await act(() => api.post(`/admin/sign-in/clashes/${clash.id}`, { person_id }), ta('admin.clash.decided'));
    onDecided();
  };
  return (
    <section class="stack tight" aria-labelledby="sign-in-clashes">
      <h2 class="heading" id="sign-in-clashes">
        {ta('admin.clash.title')}
      </h2>
      <Banner kind="attention" icon="info">
        {ta('admin.clash.why')}
      </Banner>
      {clashes.map((clash) => (
        <div key={clash.id} class="card stack tight">
          <p class="label">{clash.label}</p>
          <p class="small soft">
            {clash.provider} · {day(clash.created_at)} · {ta(`admin.clash.reason.${clash.reason}`)}
          </p>
          <List label={ta('admin.clash.whose')}>
            {clash.candidates.map((one) => (
              <ListRow
                key={one.id}
                title={one.name}
                text={[one.username, one.home_group].filter(Boolean).join(' · ')}
                onClick={() => decide(clash, one.id)}
              />
            ))}
          </List>
          <p>
            <Button small kind="ghost" icon="close" onClick={() => decide(clash, null)}>
              {ta('admin.clash.nobody')}
            </Button>
          </p>
        </div>
      ))}
    </section>
  );
}
