import { useEffect, useRef, useState } from 'preact/hooks';
import {
  ActBar,
  Banner,
  Button,
  confirm,
  List,
  ListRow,
  Loaded,
  PageHeader,
  Progress,
  SkeletonList,
} from '../../components';
import { api } from '../../lib/api';
import { day, time } from '../../lib/dates';
import { replace } from '../../lib/navigate';
import { act, useAdmin } from './data';
import { Preview, Problems } from './roster-preview';
import { SourcesPart } from './roster-sources';
import type { RosterImport, Upload } from './roster-types';
import { ta } from './texts';
import { upload } from './upload';

const LOOK_MS = 700;

/** The roster: upload a file, look at what it will change, let it happen, take it back; and where it comes from by itself. */
export default function RosterPart({ query }: { query: Readonly<Record<string, string>> }) {
  const imports = useAdmin<RosterImport[]>('/roster/imports');
  return (
    <section class="page">
      <PageHeader title={ta('admin.roster')} subtitle={ta('admin.roster.subtitle')} back="/admin" />
      <div class="stack loose">
        {query.upload ? <OneUpload key={query.upload} id={query.upload} onDone={imports.reload} /> : <Drop />}
        <SourcesPart onDone={imports.reload} />
        <section class="stack tight" aria-labelledby="roster-imports">
          <h2 class="heading" id="roster-imports">
            {ta('admin.roster.imports')}
          </h2>
          <Loaded from={imports} skeleton={<SkeletonList rows={3} />}>
            {(all) =>
              all.length > 0 ? (
                <List>
                  {all.map((one) => (
                    <ImportRow key={one.id} one={one} onUndone={imports.reload} />
                  ))}
                </List>
              ) : (
                <p class="soft">{ta('admin.roster.no_imports')}</p>
              )
            }
          </Loaded>
        </section>
      </div>
    </section>
  );
}

function Drop() {
  const file = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [sending, setSending] = useState(false);
  const send = async (chosen: File | undefined) => {
    if (!chosen) return;
    setSending(true);
    await act(async () => {
      const path = `/admin/roster/uploads?filename=${encodeURIComponent(chosen.name)}`;
      const { id } = await upload<{ id: string }>('POST', path, chosen, 'application/zip');
      replace(`/admin/roster?upload=${id}`);
    });
    setSending(false);
    if (file.current) file.current.value = '';
  };
  return (
    <section
      class="admin-drop"
      aria-label={ta('admin.roster.upload')}
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void send(event.dataTransfer?.files[0]);
      }}
    >
      <p class="label">{ta('admin.roster.drop')}</p>
      <Button kind="primary" icon="table" busy={sending} onClick={() => file.current?.click()}>
        {ta(sending ? 'admin.roster.sending' : 'admin.roster.choose')}
      </Button>
      <p class="small soft">{ta('admin.roster.drop_help')}</p>
      <input
        ref={file}
        type="file"
        accept=".zip,application/zip"
        hidden
        onChange={(event) => send(event.currentTarget.files?.[0])}
      />
    </section>
  );
}

const GOES_ON: readonly Upload['state'][] = ['waiting', 'reading', 'applying'];

function OneUpload({ id, onDone }: { id: string; onDone: () => void }) {
  const load = useAdmin<Upload>(`/roster/uploads/${id}`);
  const state = load.data?.state;
  const reload = load.reload;
  useEffect(() => {
    if (state === 'done') onDone();
    if (state === undefined || !GOES_ON.includes(state)) return;
    const timer = setInterval(reload, LOOK_MS);
    return () => clearInterval(timer);
  }, [state, reload]);
  return (
    <Loaded from={load} skeleton={<SkeletonList rows={4} />}>
      {(found) => (
        <section class="stack" aria-labelledby="roster-upload">
          <h2 class="heading" id="roster-upload">
            {found.filename}
          </h2>
          <UploadState found={found} onApplied={reload} />
          <p>
            <Button kind="ghost" icon="back" onClick={() => replace('/admin/roster')}>
              {ta(found.state === 'ready' ? 'admin.roster.not_this' : 'admin.roster.another')}
            </Button>
          </p>
        </section>
      )}
    </Loaded>
  );
}

function UploadState({ found, onApplied }: { found: Upload; onApplied: () => void }) {
  if (found.state === 'waiting' || found.state === 'reading') {
    return (
      <p role="status" aria-busy="true">
        {ta('admin.roster.reading')}
      </p>
    );
  }
  if (found.state === 'applying') {
    const text = ta('admin.roster.rows', { done: found.done, total: found.total });
    return (
      <Progress value={found.done} max={Math.max(found.total, 1)} label={ta('admin.roster.applying')} text={text} />
    );
  }
  if (found.state === 'done') {
    return (
      <>
        <Banner icon="check">{ta(found.preview?.nothing ? 'admin.roster.nothing' : 'admin.roster.done')}</Banner>
        {found.preview && <Preview preview={found.preview} problems={found.problems} done />}
      </>
    );
  }
  if (found.state === 'ready' && found.preview) return <Ready found={found} onApplied={onApplied} />;
  return (
    <>
      <Banner kind="warning" icon="alert">
        {found.message ?? ta('admin.roster.refused')}
      </Banner>
      <Problems problems={found.problems} />
    </>
  );
}

function Ready({ found, onApplied }: { found: Upload; onApplied: () => void }) {
  const preview = found.preview;
  if (!preview) return null;
  const apply = async () => {
    const { needs_confirmation: confirm_leaving, you_out, leaving, present } = preview;
    if (confirm_leaving || you_out) {
      const yes = await confirm({
        title: confirm_leaving ? ta('admin.roster.many_title', { n: leaving }) : ta('admin.roster.you_out_title'),
        text: [
          confirm_leaving && ta('admin.roster.many_text', { leaving, present }),
          you_out && ta('admin.roster.you_out_text'),
        ]
          .filter(Boolean)
          .join(' '),
        yes: ta('admin.roster.many_yes'),
        danger: true,
      });
      if (!yes) return;
    }
    await act(() => api.post(`/admin/roster/uploads/${found.id}/apply`, { confirm_leaving }));
    onApplied();
  };
  return (
    <>
      {found.changed && (
        <Banner kind="attention" icon="info">
          {ta('admin.roster.changed')}
        </Banner>
      )}
      {preview.nothing ? (
        <Banner icon="check">{ta('admin.roster.nothing')}</Banner>
      ) : (
        <p role="status">{ta('admin.roster.look')}</p>
      )}
      <Preview preview={preview} problems={found.problems} />
      {!preview.nothing && (
        <ActBar>
          <Button kind="primary" wide onClick={apply}>
            {ta('admin.roster.apply')}
          </Button>
        </ActBar>
      )}
    </>
  );
}

function ImportRow({ one, onUndone }: { one: RosterImport; onUndone: () => void }) {
  const undo = async () => {
    const yes = await confirm({
      title: ta('admin.roster.undo_title'),
      text: ta('admin.roster.undo_text'),
      yes: ta('admin.roster.undo'),
      danger: true,
    });
    if (yes) await act(() => api.post(`/admin/roster/imports/${one.id}/undo`), ta('admin.roster.undone'));
    if (yes) onUndone();
  };
  const sum = (part: 'new' | 'changed' | 'ended') => one.counts.reduce((total, count) => total + count[part], 0);
  const counts = ta('admin.roster.counts', { new: sum('new'), changed: sum('changed'), ended: sum('ended') });
  return (
    <ListRow
      title={`${day(one.at)} ${time(one.at)}`}
      text={[
        one.name || ta(`admin.roster.origin.${one.origin}`),
        one.by,
        one.undone_at ? ta('admin.roster.undone_by', { name: one.undone_by ?? '' }) : counts,
      ]
        .filter(Boolean)
        .join(' · ')}
      end={
        one.undoable ? (
          <Button small icon="undo" onClick={undo}>
            {ta('admin.roster.undo')}
          </Button>
        ) : undefined
      }
    />
  );
}
