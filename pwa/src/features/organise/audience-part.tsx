import { Chip } from '../../components';
import { t } from '../../lib/i18n';
import { Choice } from './choice';
import { flip, isFixed, type Stage } from './form-steps';
import type { AudienceChoices, AudiencePreview, RoundBody } from './types';
import { Counted } from './workload';

export type Audience = NonNullable<RoundBody['audience']>;

interface AudienceProps {
  audience: Audience;
  choices: AudienceChoices;
  stage: Stage;
  preview: AudiencePreview | null;
  error: string | undefined;
  onChange: (audience: Audience) => void;
}

/** Who takes part: by level, year and home group, minus subjects. */
export function AudiencePart({ audience, choices, stage, preview, error, onChange }: AudienceProps) {
  const fixed = isFixed(stage);
  const fits = choices.home_groups.filter(
    (home) =>
      (!audience.levels?.length || audience.levels.includes(home.level)) &&
      (!audience.years?.length || (home.year !== null && audience.years.includes(home.year))),
  );
  return (
    <>
      <div>
        <p class="small soft">
          {t(fixed ? 'organise.form.fixed' : stage === 'open' ? 'organise.form.who_open' : 'organise.form.who_help')}
        </p>
        {error && <p class="small ink-warning">{error}</p>}
      </div>
      <Choice label={t('organise.form.levels')}>
        {choices.levels.map((level) => (
          <Chip
            key={level}
            disabled={fixed}
            pressed={audience.levels?.includes(level) ?? false}
            onClick={() => onChange({ ...audience, levels: flip(audience.levels, level), home_group_ids: [] })}
          >
            {level}
          </Chip>
        ))}
      </Choice>
      <Choice label={t('organise.form.years')}>
        {choices.years.map((year) => (
          <Chip
            key={year}
            disabled={fixed}
            pressed={audience.years?.includes(year) ?? false}
            onClick={() => onChange({ ...audience, years: flip(audience.years, year), home_group_ids: [] })}
          >
            {t('organise.form.year', { year })}
          </Chip>
        ))}
      </Choice>
      <Choice label={t('organise.form.home_groups')}>
        {fits.map((home) => (
          <Chip
            key={home.id}
            disabled={fixed}
            pressed={audience.home_group_ids?.includes(home.id) ?? false}
            onClick={() => onChange({ ...audience, home_group_ids: flip(audience.home_group_ids, home.id) })}
          >
            {home.title}
          </Chip>
        ))}
      </Choice>
      <details class="organise-more">
        <summary>
          {t('organise.form.left_out')}
          {audience.left_out_subject_ids?.length ? ` (${audience.left_out_subject_ids.length})` : ''}
        </summary>
        <Choice label={t('organise.form.left_out')}>
          {choices.subjects.map((subject) => (
            <Chip
              key={subject.id}
              disabled={fixed}
              pressed={audience.left_out_subject_ids?.includes(subject.id) ?? false}
              onClick={() =>
                onChange({ ...audience, left_out_subject_ids: flip(audience.left_out_subject_ids, subject.id) })
              }
            >
              {subject.name}
            </Chip>
          ))}
        </Choice>
      </details>
      {preview && <Counted preview={preview} />}
    </>
  );
}
