import { useEffect, useState } from 'preact/hooks';
import { Banner, Button, confirm, Field, Loaded, Menu, Segmented, Sheet, SkeletonCard, Switch } from '../../components';
import { type ApiProblem, api } from '../../lib/api';
import { useClosing } from '../../lib/closing';
import { day, time } from '../../lib/dates';
import { act, useAdmin, useLeadTo } from './data';
import { Preview, Problems } from './roster-preview';
import type { RosterSource } from './roster-types';
import { ta } from './texts';

const LOOK_MS = 1500;
/** Where each version has its rows. */
const PATHS = { '1.1': '/ims/oneroster/v1p1', '1.2': '/ims/oneroster/rostering/v1p2' } as const;

/** Where the roster comes from by itself, at night and when asked for. */
export function SourcesPart({ onDone }: { onDone: () => void }) {
  const sources = useAdmin<RosterSource[]>('/roster/sources');
  const [editing, setEditing] = useState<RosterSource | 'new' | null>(null);
  const busy = sources.data?.some(({ state }) => state !== 'idle') ?? false;
  const reload = sources.reload;
  useEffect(() => {
    if (!busy) return;
    const timer = setInterval(reload, LOOK_MS);
    return () => {
      clearInterval(timer);
      onDone();
    };
  }, [busy, reload]);
  return (
    <section class="stack tight" aria-labelledby="roster-sources">
      <h2 class="heading" id="roster-sources">
        {ta('admin.source.title')}
      </h2>
      <p class="small soft">{ta('admin.source.why')}</p>
      <Loaded from={sources} skeleton={<SkeletonCard rows={2} />}>
        {(all) => (
          <>
            {all.map((source) => (
              <OneSource key={source.id} source={source} onEdit={() => setEditing(source)} onChange={reload} />
            ))}
          </>
        )}
      </Loaded>
      <p>
        <Button small icon="plus" onClick={() => setEditing('new')}>
          {ta('admin.source.add')}
        </Button>
      </p>
      {editing && (
        <SourceSheet source={editing === 'new' ? null : editing} onClose={() => setEditing(null)} onSaved={reload} />
      )}
    </section>
  );
}

interface OneProps {
  source: RosterSource;
  onEdit: () => void;
  onChange: () => void;
}

function OneSource({ source, onEdit, onChange }: OneProps) {
  const at = `/admin/roster/sources/${source.id}`;
  const sync = async (how: { confirm_leaving?: true; full?: true } = {}) => {
    await act(() => api.post(`${at}/sync`, how));
    onChange();
  };
  const many = async () => {
    const yes = await confirm({
      title: ta('admin.roster.many_title', { n: source.preview?.leaving ?? 0 }),
      text: ta('admin.roster.many_text', {
        leaving: source.preview?.leaving ?? 0,
        present: source.preview?.present ?? 0,
      }),
      yes: ta('admin.roster.many_yes'),
      danger: true,
    });
    if (yes) await sync({ confirm_leaving: true });
  };
  const remove = async () => {
    const yes = await confirm({
      title: ta('admin.source.remove_title', { name: source.name }),
      text: ta('admin.source.remove_text'),
      yes: ta('admin.source.remove'),
      danger: true,
    });
    if (!yes) return;
    await act(() => api.del(at), ta('admin.source.removed'));
    onChange();
  };
  const when = source.result_at ? `${day(source.result_at)} ${time(source.result_at)}` : '';
  return (
    <div class="card stack tight">
      <p class="label">{source.name}</p>
      <p class="small soft">
        {source.state === 'idle' ? ta(`admin.source.result.${source.result}`, { when }) : ta('admin.source.busy')}
      </p>
      {source.state === 'idle' && source.result === 'failed' && source.message && (
        <Banner kind="warning" icon="alert">
          {source.message}
        </Banner>
      )}
      {(source.result === 'held' || source.result === 'changed') && source.preview ? (
        <Preview preview={source.preview} problems={source.problems} done={source.result === 'changed'} />
      ) : (
        <Problems problems={source.problems} />
      )}
      <div class="row">
        {source.result === 'held' && (
          <Button small onClick={many}>
            {ta('admin.source.after_all')}
          </Button>
        )}
        <Button small icon="fetch" busy={source.state !== 'idle'} onClick={() => sync()}>
          {ta(source.result === 'held' ? 'admin.source.again' : 'admin.source.now')}
        </Button>
        <Menu
          label={ta('admin.source.more', { name: source.name })}
          items={[
            { label: ta('admin.change'), icon: 'pencil', onClick: onEdit },
            ...(source.state === 'idle'
              ? [{ label: ta('admin.source.full'), icon: 'table' as const, onClick: () => void sync({ full: true }) }]
              : []),
            { label: ta('admin.source.remove'), icon: 'trash', onClick: remove, danger: true },
          ]}
        />
      </div>
    </div>
  );
}

interface SheetProps {
  source: RosterSource | null;
  onClose: () => void;
  onSaved: () => void;
}

function SourceSheet({ source, onClose, onSaved }: SheetProps) {
  const { open, close } = useClosing(onClose);
  const [body, setBody] = useState({
    name: source?.name ?? '',
    version: source?.version ?? '1.2',
    base_url: source?.base_url ?? '',
    token_url: source?.token_url ?? '',
    client_id: source?.client_id ?? '',
    client_secret: '',
    nightly: source?.nightly ?? true,
  });
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  useLeadTo(problem);
  const change = (part: Partial<typeof body>) => {
    setBody({ ...body, ...part });
    setProblem(null);
  };
  const save = async () => {
    const { client_secret, ...rest } = body;
    // A secret that is not typed again stays.
    const sent = client_secret || !source ? body : rest;
    setProblem(
      await act(async () => {
        if (source) await api.patch(`/admin/roster/sources/${source.id}`, sent);
        else await api.post('/admin/roster/sources', sent);
        onSaved();
        close();
      }, ta('admin.source.saved')),
    );
  };
  const field = (name: 'name' | 'base_url' | 'token_url' | 'client_id' | 'client_secret', help?: string) => (
    <Field
      label={ta(`admin.source.${name}`)}
      value={body[name]}
      help={help}
      error={problem?.at(`/${name}`)}
      onInput={(value) => change({ [name]: value })}
    />
  );
  return (
    <Sheet
      open={open}
      onClose={close}
      title={source?.name ?? ta('admin.source.add')}
      footer={
        <Button kind="primary" wide onClick={save}>
          {ta('admin.save')}
        </Button>
      }
    >
      {field('name')}
      <Segmented
        label={ta('admin.source.version')}
        value={body.version}
        options={(['1.1', '1.2'] as const).map((value) => ({ value, label: `OneRoster ${value}` }))}
        onChange={(version) => change({ version })}
      />
      {field('base_url', ta('admin.source.base_url_help', { path: PATHS[body.version] }))}
      {field('token_url')}
      {field('client_id')}
      {field('client_secret', source ? ta('admin.source.client_secret_help') : undefined)}
      <Switch
        label={ta('admin.source.nightly')}
        help={ta('admin.source.nightly_help')}
        checked={body.nightly}
        onChange={(nightly) => change({ nightly })}
      />
    </Sheet>
  );
}
