import { Checkbox, Chip, FOUR, StoplightLabel, Switch } from '../../components';
import { t } from '../../lib/i18n';
import { Choice } from './choice';
import type { RoundBody } from './types';

type Required = NonNullable<RoundBody['required']>;

interface AskProps {
  body: RoundBody;
  /** The years of the school. */
  years: readonly number[];
  fixed: boolean;
  error: (pointer: string) => string | undefined;
  onChange: (part: Partial<RoundBody>) => void;
}

/** Which texts each stoplight asks for, in general and of single years; and what comes after the feedback. */
export function AskPart({ body, years, fixed, error, onChange }: AskProps) {
  const required = body.required ?? {};
  const byYear = body.required_by_year ?? [];
  const own = byYear.map((each) => each.year);
  const offered = [...new Set([...years, ...own])].sort((a, b) => a - b);
  const flipYear = (year: number) => {
    const rest = byYear.filter((each) => each.year !== year);
    // A year that gets rules of its own begins with those of the round.
    const next = own.includes(year) ? rest : [...rest, { year, required: structuredClone(required) }];
    onChange({ required_by_year: next.sort((a, b) => a.year - b.year) });
  };
  const wrong = error('/required') ?? error('/required_by_year');
  return (
    <>
      <div class="stack">
        <div>
          <h3 class="label">{t('organise.form.required')}</h3>
          <p class="small soft">{t(fixed ? 'organise.form.fixed' : 'organise.form.required_help')}</p>
          {wrong && <p class="small ink-warning">{wrong}</p>}
        </div>
        <Matrix required={required} fixed={fixed} onChange={(next) => onChange({ required: next })} />
      </div>
      {offered.length > 0 && (
        <div class="stack">
          <div>
            <Choice label={t('organise.ask.by_year')}>
              {offered.map((year) => (
                <Chip key={year} disabled={fixed} pressed={own.includes(year)} onClick={() => flipYear(year)}>
                  {t('organise.form.year', { year })}
                </Chip>
              ))}
            </Choice>
            <p class="small soft organise-below">{t('organise.ask.by_year_help')}</p>
          </div>
          {byYear.map((each) => (
            <fieldset key={each.year} class="organise-year">
              <legend class="label">{t('organise.ask.year', { year: each.year })}</legend>
              <Matrix
                required={each.required}
                fixed={fixed}
                onChange={(next) =>
                  onChange({
                    required_by_year: byYear.map((one) => (one.year === each.year ? { ...one, required: next } : one)),
                  })
                }
              />
            </fieldset>
          ))}
        </div>
      )}
      <div class="stack">
        <h3 class="label">{t('organise.form.share')}</h3>
        <Switch
          label={t('organise.form.sharing')}
          help={t('organise.form.sharing_help')}
          checked={body.sharing ?? true}
          onChange={(sharing) => onChange({ sharing })}
        />
        <Switch
          label={t('organise.form.watch')}
          help={t('organise.form.watch_help')}
          checked={body.mentors_watch ?? false}
          onChange={(mentors_watch) => onChange({ mentors_watch })}
        />
      </div>
    </>
  );
}

interface MatrixProps {
  required: Required;
  fixed: boolean;
  onChange: (required: Required) => void;
}

function Matrix({ required, fixed, onChange }: MatrixProps) {
  return (
    <div class="organise-required">
      {FOUR.map((light) => (
        <fieldset key={light} class="organise-light">
          <legend>
            <StoplightLabel light={light} />
          </legend>
          {(['remark', 'action'] as const).map((text) => (
            <Checkbox
              key={text}
              label={t(`subject.${text}`)}
              disabled={fixed}
              checked={required[light]?.[text] ?? false}
              onChange={(on) => onChange({ ...required, [light]: { ...required[light], [text]: on } })}
            />
          ))}
        </fieldset>
      ))}
    </div>
  );
}
