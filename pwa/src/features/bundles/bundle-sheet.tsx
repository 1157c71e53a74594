import { useState } from 'preact/hooks';
import { Button, EmptyState, ErrorState, Loaded, Segmented, SelectField, Sheet, SkeletonText } from '../../components';
import { api } from '../../lib/api';
import { useClosing } from '../../lib/closing';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import { choicesOf } from './choices';
import { MyBundles } from './my-bundles';
import { OneBundle } from './one-bundle';
import type { BundleGroup, BundleScope, Form, Kind, Sort } from './types';

interface Wish {
  scope: BundleScope;
  kind: Kind;
  form: Form;
  sort: Sort;
}

interface About {
  round: { id: string; name: string };
  /** One student, by name; staff may choose a talk sheet. */
  student?: { id: string; name: string };
  /** The home group from which one comes. */
  group?: { id: string; title: string };
  staff: boolean;
}

/** Has reports put on paper: what, for whom; then how far it is; then the file. Also everything that one asked for before. */
export function BundleSheet({ about, mine, onClose }: { about?: About; mine?: boolean; onClose: () => void }) {
  const { open, close } = useClosing(onClose);
  const [id, setId] = useState<string | null>(null);
  const [showMine, setShowMine] = useState(mine ?? false);
  const body = () => {
    if (showMine || !about) return <MyBundles />;
    if (id) return <OneBundle id={id} onAgain={() => setId(null)} />;
    return about.student ? (
      <OneStudent about={about} student={about.student.id} onAsked={setId} />
    ) : (
      <Groups about={about} onAsked={setId} />
    );
  };
  return (
    <Sheet
      open={open}
      onClose={close}
      title={showMine ? t('bundles.mine') : t('bundles.title')}
      subtitle={showMine ? undefined : [about?.student?.name, about?.round.name].filter(Boolean).join(' · ')}
    >
      {body()}
      {!showMine && about?.staff && (
        <p>
          <Button kind="ghost" icon="list" onClick={() => setShowMine(true)}>
            {t('bundles.mine')}
          </Button>
        </p>
      )}
    </Sheet>
  );
}

/** Asks for it. Tried again after an answer that got lost, it is the same wish. */
function useAsking(round: string, onAsked: (id: string) => void) {
  const [error, setError] = useState<unknown>(null);
  const [keys] = useState(() => new Map<string, string>());
  const ask = async (wish: Wish) => {
    setError(null);
    const body = { round, ...wish };
    const same = JSON.stringify(body);
    const key = keys.get(same) ?? crypto.randomUUID();
    keys.set(same, key);
    try {
      const { id } = await api.post<{ id: string }>('/bundles', body, { key });
      // Another time it is another one.
      keys.delete(same);
      onAsked(id);
    } catch (problem) {
      setError(problem);
    }
  };
  return { ask, error };
}

function OneStudent({ about, student, onAsked }: { about: About; student: string; onAsked: (id: string) => void }) {
  const [kind, setKind] = useState<Kind>('report');
  const { ask, error } = useAsking(about.round.id, onAsked);
  return (
    <div class="stack">
      {about.staff ? <KindChoice kind={kind} onChange={setKind} /> : <p>{t('bundles.own_help')}</p>}
      {error !== null && <ErrorState error={error} />}
      <Button
        kind="primary"
        wide
        icon="report"
        onClick={() => ask({ scope: { student }, kind, form: 'file', sort: 'name' })}
      >
        {t('bundles.make')}
      </Button>
    </div>
  );
}

function KindChoice({ kind, onChange }: { kind: Kind; onChange: (kind: Kind) => void }) {
  return (
    <div class="stack tight">
      <Segmented
        label={t('bundles.kind')}
        value={kind}
        options={[
          { value: 'report', label: t('bundles.kind.report') },
          { value: 'talk_sheet', label: t('bundles.kind.talk_sheet') },
        ]}
        onChange={onChange}
      />
      <p class="small soft">{t(`bundles.kind_help.${kind}`)}</p>
    </div>
  );
}

function Groups({ about, onAsked }: { about: About; onAsked: (id: string) => void }) {
  const groups = useLoad<BundleGroup[]>(`/rounds/${about.round.id}/bundle-groups`);
  return (
    <Loaded from={groups} skeleton={<SkeletonText rows={4} />}>
      {(found: BundleGroup[]) =>
        choicesOf(found).length > 0 ? (
          <GroupForm groups={found} about={about} onAsked={onAsked} />
        ) : (
          <EmptyState icon="report" title={t('bundles.too_early')} text={t('bundles.too_early_why')} />
        )
      }
    </Loaded>
  );
}

function GroupForm({
  groups,
  about,
  onAsked,
}: {
  groups: readonly BundleGroup[];
  about: About;
  onAsked: (id: string) => void;
}) {
  const choices = choicesOf(groups);
  const [value, setValue] = useState(about.group?.id ?? '');
  const [kind, setKind] = useState<Kind>('report');
  const [form, setForm] = useState<Form>('file');
  const [sort, setSort] = useState<Sort>('group');
  const { ask, error } = useAsking(about.round.id, onAsked);
  const chosen = choices.find((choice) => choice.value === value) ?? choices[0];
  if (!chosen) return null;
  return (
    <div class="stack">
      {choices.length > 1 ? (
        <SelectField label={t('bundles.whom')} value={chosen.value} options={choices} onInput={setValue} />
      ) : (
        <p class="heading">{chosen.label}</p>
      )}
      <KindChoice kind={kind} onChange={setKind} />
      <Segmented
        label={t('bundles.form')}
        value={form}
        options={[
          { value: 'file', label: t('bundles.form.file') },
          { value: 'zip', label: t('bundles.form.zip') },
        ]}
        onChange={setForm}
      />
      {chosen.groups > 1 && (
        <Segmented
          label={t('bundles.sort')}
          value={sort}
          options={[
            { value: 'group', label: t('bundles.sort.group') },
            { value: 'name', label: t('bundles.sort.name') },
          ]}
          onChange={setSort}
        />
      )}
      {error !== null && <ErrorState error={error} />}
      <Button kind="primary" wide icon="report" onClick={() => ask({ scope: chosen.scope, kind, form, sort })}>
        {t('bundles.make_n', { n: chosen.students })}
      </Button>
    </div>
  );
}
