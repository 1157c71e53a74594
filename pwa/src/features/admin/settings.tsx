import { useRef, useState } from 'preact/hooks';
import {
  Banner,
  Button,
  Checkbox,
  Field,
  FOUR,
  Loaded,
  PageHeader,
  SelectField,
  SkeletonCard,
  StoplightLabel,
  Switch,
} from '../../components';
import { type ApiProblem, api } from '../../lib/api';
import { me } from '../../lib/session';
import { setAccent } from '../../lib/theme';
import { AccentPart } from './accent';
import { act, useAdmin, useInTurn } from './data';
import { ta } from './texts';
import type { SchoolSettings } from './types';
import { upload } from './upload';

const LANGUAGES = { nl: 'Nederlands', en: 'English' } as const;
const YEARS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'];

export interface SettingsProps {
  settings: SchoolSettings;
  /** Sends a part of it at once; answers what does not fit. */
  change: (part: Partial<SchoolSettings>, done?: string) => Promise<ApiProblem | null>;
}

/** What the school decides for everybody, and how it looks. */
export default function SettingsPart() {
  const settings = useAdmin<SchoolSettings>('/settings');
  const take = (next: SchoolSettings) => {
    settings.set(next);
    setAccent(next.accent);
    const person = me.value;
    // One's own page shows at once what everybody sees at their next start.
    if (person) {
      const { name, logo, accent, languages } = next;
      me.value = { ...person, school: { ...person.school, name, logo, accent, languages } };
    }
  };
  const inTurn = useInTurn();
  const change = (part: Partial<SchoolSettings>, done = ta('admin.settings.saved')) =>
    act(
      () => inTurn(() => api.patch<SchoolSettings>('/admin/settings', part), take),
      done,
      () => settings.data && settings.set({ ...settings.data }),
    );
  /** The next one that is chosen builds on this one, also while its answer is under way. */
  const choose = (part: Partial<SchoolSettings>) => {
    if (settings.data) settings.set({ ...settings.data, ...part });
    return change(part);
  };
  return (
    <section class="page">
      <PageHeader title={ta('admin.settings')} back="/admin" />
      <Loaded from={settings} skeleton={<SkeletonCard rows={8} />}>
        {(found) => (
          <div class="stack loose">
            <NamePart settings={found} change={change} />
            <LogoPart settings={found} onChange={take} />
            <AccentPart key={JSON.stringify(found.accent)} settings={found} change={change} />
            <RequiredPart settings={found} change={choose} />
            <GuardiansPart settings={found} change={choose} />
            <RestPart settings={found} change={choose} />
          </div>
        )}
      </Loaded>
    </section>
  );
}

function NamePart({ settings, change }: SettingsProps) {
  const [name, setName] = useState(settings.name);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  return (
    <section class="stack tight">
      <Field
        label={ta('admin.settings.name')}
        help={ta('admin.settings.name_help', { slug: settings.slug })}
        value={name}
        max={120}
        error={problem?.at('/name')}
        onInput={(next) => {
          setName(next);
          setProblem(null);
        }}
      />
      {name !== settings.name && (
        <p>
          <Button onClick={async () => setProblem(await change({ name }))}>{ta('admin.save')}</Button>
        </p>
      )}
    </section>
  );
}

function LogoPart({ settings, onChange }: { settings: SchoolSettings; onChange: (next: SchoolSettings) => void }) {
  const file = useRef<HTMLInputElement>(null);
  const [error, setError] = useState<string | undefined>();
  const take = async (picture: File | undefined) => {
    if (!picture) return;
    const problem = await act(
      async () => onChange(await upload<SchoolSettings>('PUT', '/admin/settings/logo', picture)),
      ta('admin.settings.logo_saved'),
    );
    setError(problem?.at('/logo'));
    if (file.current) file.current.value = '';
  };
  const remove = () =>
    act(async () => onChange(await api.del<SchoolSettings>('/admin/settings/logo')), ta('admin.settings.logo_removed'));
  return (
    <section class="stack tight" aria-labelledby="settings-logo">
      <h2 class="heading" id="settings-logo">
        {ta('admin.settings.logo')}
      </h2>
      <p class="small soft">{ta('admin.settings.logo_help')}</p>
      {settings.logo && (
        <img class="admin-logo" src={settings.logo} alt={ta('admin.settings.logo_alt', { name: settings.name })} />
      )}
      {error && (
        <p class="small ink-warning" role="alert">
          {error}
        </p>
      )}
      <div class="row">
        <Button icon="share" onClick={() => file.current?.click()}>
          {ta(settings.logo ? 'admin.settings.logo_change' : 'admin.settings.logo_choose')}
        </Button>
        {settings.logo && (
          <Button kind="ghost" icon="trash" onClick={remove}>
            {ta('admin.settings.logo_remove')}
          </Button>
        )}
      </div>
      <input
        ref={file}
        type="file"
        accept="image/png,image/jpeg,image/webp"
        hidden
        onChange={(event) => take(event.currentTarget.files?.[0])}
      />
    </section>
  );
}

function RequiredPart({ settings, change }: SettingsProps) {
  const { required } = settings;
  return (
    <section class="stack" aria-labelledby="settings-required">
      <div>
        <h2 class="heading" id="settings-required">
          {ta('admin.settings.required')}
        </h2>
        <p class="small soft">{ta('admin.settings.required_help')}</p>
      </div>
      <div class="admin-required">
        {FOUR.map((light) => (
          <fieldset key={light} class="admin-light">
            <legend>
              <StoplightLabel light={light} />
            </legend>
            {(['remark', 'action'] as const).map((text) => (
              <Checkbox
                key={text}
                label={ta(`admin.settings.${text}`)}
                checked={required[light]?.[text] ?? false}
                onChange={(on) => change({ required: { ...required, [light]: { ...required[light], [text]: on } } })}
              />
            ))}
          </fieldset>
        ))}
      </div>
    </section>
  );
}

function GuardiansPart({ settings, change }: SettingsProps) {
  return (
    <section class="stack tight" aria-labelledby="settings-guardians">
      <h2 class="heading" id="settings-guardians">
        {ta('admin.settings.guardians')}
      </h2>
      <Switch
        label={ta('admin.settings.guardians_admitted')}
        help={ta('admin.settings.guardians_admitted_help')}
        checked={settings.guardians_admitted}
        onChange={(guardians_admitted) => change({ guardians_admitted })}
      />
      <Switch
        label={ta('admin.settings.consent_at_16')}
        help={ta('admin.settings.consent_at_16_help')}
        checked={settings.consent_at_16}
        onChange={(consent_at_16) => change({ consent_at_16 })}
      />
    </section>
  );
}

function RestPart({ settings, change }: SettingsProps) {
  const { languages } = settings;
  return (
    <section class="stack" aria-labelledby="settings-rest">
      <h2 class="heading" id="settings-rest">
        {ta('admin.settings.rest')}
      </h2>
      <Switch
        label={ta('admin.settings.long_sessions')}
        help={ta('admin.settings.long_sessions_help')}
        checked={settings.long_sessions}
        onChange={(long_sessions) => change({ long_sessions })}
      />
      <SelectField
        label={ta('admin.settings.retention')}
        help={ta('admin.settings.retention_help')}
        value={String(settings.retention_years)}
        options={YEARS.map((value) => ({ value, label: ta('admin.settings.years', { n: Number(value) }) }))}
        onInput={(value) => change({ retention_years: Number(value) })}
      />
      <p>
        <Button small kind="ghost" icon="clock" href="/admin/retention">
          {ta('admin.retention.who')}
        </Button>
      </p>
      <fieldset class="admin-choice">
        <legend class="label">{ta('admin.settings.languages')}</legend>
        <p class="small soft">{ta('admin.settings.languages_help')}</p>
        {(['nl', 'en'] as const).map((one) => (
          <Checkbox
            key={one}
            label={LANGUAGES[one]}
            checked={languages.includes(one)}
            disabled={languages.length === 1 && languages[0] === one}
            onChange={(on) =>
              change({ languages: on ? [...languages, one] : languages.filter((each) => each !== one) })
            }
          />
        ))}
      </fieldset>
      <Banner icon="info">{ta('admin.settings.new_rounds')}</Banner>
    </section>
  );
}
