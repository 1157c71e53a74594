import { Hint } from '../../components';
import { t } from '../../lib/i18n';
import { Bar, Chart, Row, Table } from './charts';
import type { Cycle, Wait } from './types';
import { decimal } from './words';

const STEPS = ['shared', 'planned', 'talked'] as const;
const WAITS = ['share', 'plan', 'talk'] as const;

/** What became of the reports, and how long each step took. `narrower`: the choice is about more than whole reports. */
export function CyclePart({ cycle, narrower }: { cycle: Cycle | null; narrower: boolean }) {
  if (!cycle) {
    return (
      <section class="stack tight">
        <h2 class="heading">{t('figures.cycle')}</h2>
        <Hint>{t('figures.cycle.none')}</Hint>
      </section>
    );
  }
  const { total, homes, waits } = cycle;
  const head = [t('figures.home'), t('figures.students'), ...STEPS.map((step) => t(`figures.cycle.${step}`))] as const;
  return (
    <>
      {narrower && <Hint>{t('figures.cycle.whole')}</Hint>}
      <Chart
        title={t('figures.cycle')}
        said={t('figures.cycle.said', { ...total })}
        table={
          <Table
            head={head}
            rows={[...homes, { name: t('figures.together'), steps: total }].map(({ name, steps }) => [
              name,
              steps.students,
              ...STEPS.map((step) => steps[step]),
            ])}
          />
        }
      >
        {STEPS.map((step) => (
          <Row
            key={step}
            name={t(`figures.cycle.${step}`)}
            note={t('figures.cycle.of', { n: total[step], students: total.students })}
          >
            <Bar whole={total.students} parts={[{ value: total[step], fill: 'complete' }]} />
          </Row>
        ))}
      </Chart>
      <Waiting waits={waits} />
    </>
  );
}

function Waiting({ waits }: { waits: Cycle['waits'] }) {
  const known = WAITS.flatMap((step) => {
    const wait = waits[step];
    return wait ? [{ step, wait }] : [];
  });
  if (known.length === 0) return null;
  const longest = Math.max(...known.map(({ wait }) => wait.days), 1);
  return (
    <Chart
      title={t('figures.waits')}
      level={3}
      said={t('figures.waits.said')}
      table={
        <Table
          head={[t('figures.waits.step'), t('figures.students'), t('figures.waits.unit')]}
          rows={known.map(({ step, wait }) => [t(`figures.waits.${step}`), wait.students, wait.days])}
        />
      }
    >
      {known.map(({ step, wait }) => (
        <Row key={step} name={t(`figures.waits.${step}`)} note={within(wait)}>
          <Bar whole={longest} parts={[{ value: wait.days, fill: 'complete' }]} />
        </Row>
      ))}
    </Chart>
  );
}

function within({ days }: Wait): string {
  return t('figures.waits.days', { n: days, days: decimal(days) });
}
