import { useState } from 'preact/hooks';
import { Button, Field } from '../../components';
import type { ApiProblem, FieldError } from '../../lib/api';
import type { SettingsProps } from './settings';
import { ta } from './texts';

type Look = 'light' | 'dark';
const LOOKS: readonly Look[] = ['light', 'dark'];
/** Driehoek's own, as in styles/tokens.css. */
const OWN: Record<Look, string> = { light: '#0b6070', dark: '#6cc7d6' };

/** The school's colour in either look. What cannot be read is refused, with the nearest shade that can. */
export function AccentPart({ settings, change }: SettingsProps) {
  const [colours, setColours] = useState<Record<Look, string>>(settings.accent ?? OWN);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const set = (look: Look, value: string) => {
    setColours({ ...colours, [look]: value });
    setProblem(null);
  };
  const suggestion = (look: Look): string | undefined => {
    const error = problem?.errors.find(({ pointer }) => pointer === `/accent/${look}`);
    return (error as (FieldError & { params?: { nearest?: string } }) | undefined)?.params?.nearest;
  };
  const same = LOOKS.every((look) => colours[look] === (settings.accent ?? OWN)[look]);
  return (
    <section class="stack tight" aria-labelledby="settings-accent">
      <h2 class="heading" id="settings-accent">
        {ta('admin.settings.accent')}
      </h2>
      <p class="small soft">{ta('admin.settings.accent_help')}</p>
      <div class="admin-pair">
        {LOOKS.map((look) => {
          const nearest = suggestion(look);
          return (
            <div key={look} class="admin-colour">
              <input
                type="color"
                aria-label={ta(`admin.settings.accent_pick_${look}`)}
                value={/^#[0-9a-f]{6}$/i.test(colours[look]) ? colours[look] : OWN[look]}
                onInput={(event) => set(look, event.currentTarget.value)}
              />
              <Field
                label={ta(`admin.settings.accent_${look}`)}
                value={colours[look]}
                max={7}
                error={problem?.at(`/accent/${look}`)}
                onInput={(value) => set(look, value.trim())}
                after={
                  nearest && (
                    <Button small onClick={() => set(look, nearest)}>
                      {ta('admin.settings.accent_take', { colour: nearest })}
                    </Button>
                  )
                }
              />
            </div>
          );
        })}
      </div>
      <div class="row">
        {!same && (
          <Button onClick={async () => setProblem(await change({ accent: colours }))}>{ta('admin.save')}</Button>
        )}
        {settings.accent && (
          <Button kind="ghost" icon="undo" onClick={() => change({ accent: null })}>
            {ta('admin.settings.accent_own')}
          </Button>
        )}
      </div>
    </section>
  );
}
