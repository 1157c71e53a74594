import { Hint, Segmented } from '../../components';
import { day } from '../../lib/dates';
import { t } from '../../lib/i18n';
import { Chart, Legend, LightBar, LightTable, Row } from './charts';
import type { Figures, NamedLights } from './types';
import { changeSaid, lightsSaid, SPLITS, type Split, splitSaid, sum } from './words';

const PARTS = { year: 'years', level: 'levels', subject: 'subjects', group: 'groups' } as const;

/** Which stoplights were given: all together, compared with before, and split. */
export function LightsPart({ figures, by, onBy }: { figures: Figures; by: Split; onBy: (by: Split) => void }) {
  const { lights, round } = figures;
  if (!lights) {
    return (
      <section class="stack tight">
        <h2 class="heading">{t('figures.lights')}</h2>
        <Hint>{t(round?.state === 'open' ? 'figures.lights.open' : 'figures.few')}</Hint>
      </section>
    );
  }
  return (
    <>
      <Chart
        title={t('figures.lights')}
        said={lightsSaid(lights)}
        legend={<Legend of={lights} />}
        table={<LightTable head={t('figures.round')} rows={[{ key: 'now', name: round?.name ?? '', lights }]} />}
      >
        <LightBar lights={lights} />
      </Chart>
      <Change figures={figures} />
      <section class="stack">
        <Segmented
          label={t('figures.split')}
          value={by}
          options={SPLITS.map((value) => ({ value, label: t(`figures.${value}`) }))}
          onChange={onBy}
        />
        <Parts by={by} parts={figures.split[PARTS[by]]} />
      </section>
    </>
  );
}

function Parts({ by, parts }: { by: Split; parts: readonly NamedLights[] | null }) {
  if (!parts) return <Hint>{t('figures.split.many')}</Hint>;
  const named = parts.map(({ name, lights }) => ({ key: name, name: partName(by, name), lights }));
  return (
    <Chart
      title={t(`figures.by.${by}`)}
      said={splitSaid(parts)}
      legend={<Legend />}
      table={<LightTable head={t(`figures.${by}`)} rows={named} />}
    >
      {named.map(({ key, name, lights }) => (
        <Row key={key} name={name} note={String(sum(lights))}>
          <LightBar lights={lights} />
        </Row>
      ))}
    </Chart>
  );
}

function partName(by: Split, name: string): string {
  if (name === '') return t('figures.unknown');
  return by === 'year' ? t('figures.year_of', { year: name }) : name;
}

/** The same choice in the rounds before; the sentence is about the last of them. */
function Change({ figures: { earlier, lights, round } }: { figures: Figures }) {
  const before = earlier.at(-1);
  if (!before || !lights || !round) {
    return (
      <section class="stack tight">
        <h2 class="heading">{t('figures.change')}</h2>
        <Hint>{t('figures.change.none')}</Hint>
      </section>
    );
  }
  const rows = [...earlier, { round, lights }].map(({ round: { id, name, closed_at }, lights }) => ({
    key: id,
    name,
    note: closed_at ? day(closed_at) : '',
    lights,
  }));
  return (
    <Chart
      title={t('figures.change')}
      said={changeSaid(lights, before.lights, before.round.name)}
      legend={<Legend />}
      table={<LightTable head={t('figures.round')} rows={rows} />}
    >
      {rows.map(({ key, name, note, lights }) => (
        <Row key={key} name={name} note={note}>
          <LightBar lights={lights} />
        </Row>
      ))}
    </Chart>
  );
}
