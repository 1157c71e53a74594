import { useState } from 'preact/hooks';
import { Banner, Button } from '../../components';
import { t } from '../../lib/i18n';
import { useAsked } from './asked';
import type { AudiencePreview, RoundBody } from './types';

const FIRST = 10;

/** What the choice comes to, so that nobody opens a round for nobody. */
export function Counted({ preview }: { preview: AudiencePreview }) {
  if (preview.pairs === 0) {
    return (
      <Banner kind="attention" icon="info">
        {t('organise.form.nobody')}
      </Banner>
    );
  }
  return (
    <div class="hint" role="status">
      <p>
        {t('organise.form.preview', {
          students: preview.students,
          groups: preview.groups,
          teachers: preview.teachers,
        })}
      </p>
      {preview.groups_without_teacher.length > 0 && (
        <p class="ink-attention">
          {t('organise.form.no_teacher', { groups: preview.groups_without_teacher.join(', ') })}
        </p>
      )}
    </div>
  );
}

/** What each teacher will have to do, with what the organiser should know before the round opens. */
export function Workload({ preview, level = 3 }: { preview: AudiencePreview; level?: 2 | 3 }) {
  const Heading = `h${level}` as const;
  const [all, setAll] = useState(false);
  const { workload } = preview;
  const heavy = workload.filter((one) => one.heavy);
  const shown = all ? workload : workload.slice(0, FIRST);
  return (
    <section class="stack" aria-labelledby="workload">
      <Heading class="heading" id="workload">
        {t('organise.load.title')}
      </Heading>
      <Counted preview={preview} />
      {heavy.length > 0 && (
        <Banner kind="attention" icon="info">
          {t('organise.load.heavy', { n: heavy.length, names: heavy.map((one) => one.name).join(', ') })}
        </Banner>
      )}
      {workload.length > 0 && (
        <table class="organise-load">
          <thead>
            <tr>
              <th scope="col">{t('organise.load.teacher')}</th>
              <th scope="col">{t('organise.load.groups')}</th>
              <th scope="col">{t('organise.load.students')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((one) => (
              <tr key={one.id}>
                <th scope="row">{one.name}</th>
                <td class="numeric">{one.groups}</td>
                <td class={one.heavy ? 'numeric ink-attention' : 'numeric'}>{one.students}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {shown.length < workload.length && (
        <div class="row">
          <Button kind="ghost" onClick={() => setAll(true)}>
            {t('organise.load.all', { n: workload.length })}
          </Button>
        </div>
      )}
    </section>
  );
}

/** The same for a draft that is there. */
export function DraftWorkload({ audience }: { audience: NonNullable<RoundBody['audience']> }) {
  const { data } = useAsked<AudiencePreview>('/rounds/preview', { audience });
  return data && <Workload preview={data} level={2} />;
}
