import { useState } from 'preact/hooks';
import { Button, Field, SelectField, Sheet, Switch } from '../../components';
import { type ApiProblem, api } from '../../lib/api';
import { useClosing } from '../../lib/closing';
import { act, useAdmin, useLeadTo } from './data';
import {
  BIND_BY,
  type BindBy,
  DETAILS,
  type Detail,
  type Details,
  PRESETS,
  type Preset,
  type PresetName,
  type Provider,
} from './sign-in-types';
import { ta } from './texts';

/** Kinds whose issuer is another one for each school, so that the school has to name it. */
const NAMES_ISSUER: readonly PresetName[] = ['entree', 'oidc'];
/** What each kind may have beside what it needs. */
const MORE: Readonly<Record<PresetName, readonly Detail[]>> = {
  somtoday: [],
  magister: [],
  entree: ['hint'],
  entra: [],
  google: [],
  oidc: ['claim', 'discovery'],
};

interface SheetProps {
  provider: Provider | null;
  onClose: () => void;
  onSaved: () => void;
}

/** One provider: from a ready-made preset, or any that speaks OpenID Connect. */
export function ProviderSheet({ provider, onClose, onSaved }: SheetProps) {
  const { open, close } = useClosing(onClose);
  const presets = useAdmin<Preset[]>('/sign-in/presets');
  const [preset, setPreset] = useState<PresetName>(provider?.preset ?? 'somtoday');
  const [body, setBody] = useState({
    name: provider?.name ?? ta('admin.sign_in.preset.somtoday'),
    issuer: provider?.issuer ?? '',
    client_id: provider?.client_id ?? '',
    client_secret: '',
    bind_by: provider?.bind_by ?? ('sourced_id' as BindBy),
    enabled: provider?.enabled ?? true,
  });
  const [details, setDetails] = useState<Details>(provider?.settings ?? {});
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  useLeadTo(problem);
  const known = presets.data?.find((one) => one.preset === preset);
  const asked = [...((known?.needs ?? []) as Detail[]), ...MORE[preset]];
  // What was set on the command line stays, and is seen here.
  const wanted = [...asked, ...DETAILS.filter((name) => provider?.settings[name] && !asked.includes(name))];
  const namesIssuer = NAMES_ISSUER.includes(preset);
  const change = (part: Partial<typeof body>) => {
    setBody({ ...body, ...part });
    setProblem(null);
  };
  const choose = (next: PresetName) => {
    setPreset(next);
    change({ name: ta(`admin.sign_in.preset.${next}`), issuer: '' });
    setDetails({});
  };
  const save = async () => {
    const { client_secret, issuer, ...rest } = body;
    const settings = Object.fromEntries(wanted.flatMap((name) => (details[name] ? [[name, details[name]]] : [])));
    const sent = {
      ...rest,
      settings,
      ...(namesIssuer ? { issuer } : {}),
      // A secret that is not typed again stays.
      ...(client_secret ? { client_secret } : {}),
    };
    setProblem(
      await act(async () => {
        if (provider) await api.patch(`/admin/sign-in/providers/${provider.id}`, sent);
        else await api.post('/admin/sign-in/providers', { ...sent, preset });
        onSaved();
        close();
      }, ta('admin.sign_in.saved')),
    );
  };
  return (
    <Sheet
      open={open}
      onClose={close}
      title={provider?.name ?? ta('admin.sign_in.add')}
      footer={
        <Button kind="primary" wide onClick={save}>
          {ta('admin.save')}
        </Button>
      }
    >
      {!provider && (
        <SelectField
          label={ta('admin.sign_in.preset')}
          value={preset}
          options={PRESETS.map((value) => ({ value, label: ta(`admin.sign_in.preset.${value}`) }))}
          onInput={choose}
        />
      )}
      <Field
        label={ta('admin.sign_in.name')}
        help={ta('admin.sign_in.name_help')}
        value={body.name}
        max={80}
        error={problem?.at('/name')}
        onInput={(name) => change({ name })}
      />
      {namesIssuer && (
        <Field
          label={ta('admin.sign_in.issuer')}
          help={ta(preset === 'entree' ? 'admin.sign_in.issuer_entree' : 'admin.sign_in.issuer_help')}
          value={body.issuer}
          error={problem?.at('/issuer')}
          onInput={(issuer) => change({ issuer })}
        />
      )}
      {wanted.map((name) => (
        <Field
          key={name}
          label={ta(`admin.sign_in.detail.${name}`)}
          help={ta(`admin.sign_in.detail_help.${name}`)}
          value={details[name] ?? ''}
          error={problem?.at(`/settings/${name}`)}
          onInput={(value) => {
            setDetails({ ...details, [name]: value });
            setProblem(null);
          }}
        />
      ))}
      <Field
        label={ta('admin.sign_in.client_id')}
        value={body.client_id}
        error={problem?.at('/client_id')}
        onInput={(client_id) => change({ client_id })}
      />
      <Field
        label={ta('admin.sign_in.client_secret')}
        help={provider?.has_secret ? ta('admin.sign_in.client_secret_help') : undefined}
        value={body.client_secret}
        error={problem?.at('/client_secret')}
        onInput={(client_secret) => change({ client_secret })}
      />
      <SelectField
        label={ta('admin.sign_in.bind_by')}
        help={ta('admin.sign_in.bind_by_help')}
        value={body.bind_by}
        error={problem?.at('/bind_by')}
        options={BIND_BY.map((value) => ({ value, label: ta(`admin.sign_in.bind.${value}`) }))}
        onInput={(bind_by) => change({ bind_by })}
      />
      <Switch label={ta('admin.sign_in.enabled')} checked={body.enabled} onChange={(enabled) => change({ enabled })} />
    </Sheet>
  );
}
