import { Hint } from '../../components';
import { t } from '../../lib/i18n';
import { Bar, Chart, Row, Table } from './charts';
import type { Completeness } from './types';
import { percents } from './words';

const STATES = ['complete', 'incomplete', 'nothing'] as const;
const BANDS = ['all_there', 'most', 'half', 'less'] as const;

/** How much feedback is there, and how it is spread over the groups. */
export function ProgressPart({ progress }: { progress: Completeness | null }) {
  if (!progress) {
    return (
      <section class="stack tight">
        <h2 class="heading">{t('figures.progress')}</h2>
        <Hint>{t('figures.few')}</Hint>
      </section>
    );
  }
  const { complete, incomplete, nothing, all_there } = progress;
  const total = complete + incomplete + nothing;
  const groups = BANDS.reduce((sum, band) => sum + progress[band], 0);
  const parts = percents([complete, incomplete, nothing]);
  return (
    <>
      <Chart
        title={t('figures.progress')}
        said={t('figures.progress.said', { total, complete, incomplete, nothing, percent: parts[0] ?? 0 })}
        legend={
          <ul class="figures-legend">
            {STATES.map((state, at) => (
              <li key={state}>
                <svg class="figures-swatch" aria-hidden="true" focusable="false">
                  <rect class={`figures-${state}`} width="100%" height="100%" />
                </svg>
                {t(`figures.progress.${state}`)} <span class="numeric">{parts[at]}%</span>
              </li>
            ))}
          </ul>
        }
        table={
          <Table
            head={[t('figures.progress'), t('figures.number')]}
            rows={STATES.map((state) => [t(`figures.progress.${state}`), progress[state]])}
          />
        }
      >
        <Bar whole={total} parts={STATES.map((state) => ({ value: progress[state], fill: state }))} />
      </Chart>
      <Chart
        title={t('figures.spread')}
        level={3}
        said={t('figures.spread.said', { groups, all: all_there })}
        table={
          <Table
            head={[t('figures.spread'), t('figures.groups')]}
            rows={BANDS.map((band) => [t(`figures.spread.${band}`), progress[band]])}
          />
        }
      >
        {BANDS.map((band) => (
          <Row key={band} name={t(`figures.spread.${band}`)} note={String(progress[band])}>
            <Bar whole={groups} parts={[{ value: progress[band], fill: 'complete' }]} />
          </Row>
        ))}
      </Chart>
    </>
  );
}
