import { useEffect, useRef } from 'preact/hooks';
import {
  announce,
  Button,
  EmptyState,
  Loaded,
  type Option,
  PageHeader,
  SelectField,
  SkeletonCard,
} from '../../components';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import { replace } from '../../lib/navigate';
import type { ScreenProps } from '../../lib/screen';
import { navigation } from '../../lib/session';
import { CyclePart } from './cycle-part';
import { LightsPart } from './lights-part';
import { ProgressPart } from './progress-part';
import type { FigureRound, Figures } from './types';
import { address, asked, type Query, SPLITS, type Split, splitOf } from './words';
import './figures.css';

/** Counts of a round: for an organiser of the school, for a leader of the own scope. What is chosen stands in the address. */
export default function FiguresPage({ query }: ScreenProps) {
  const path = asked(query);
  const load = useLoad<Figures>(path);
  const seen = useRef<Figures>();
  // A filter must not take itself away while the answer to it is on its way.
  if (load.data) seen.current = load.data;
  const shown = load.error === undefined ? { ...load, data: load.data ?? seen.current } : load;

  const told = useRef<string>();
  useEffect(() => {
    if (!load.data) return;
    if (told.current !== undefined && told.current !== path) announce(t('figures.renewed'));
    told.current = path;
  }, [load.data, path]);

  return (
    <section class="page wide">
      <PageHeader
        title={t('figures.title')}
        subtitle={shown.data && t(shown.data.whole_school ? 'figures.school' : 'figures.scope')}
        back={navigation.value.includes('organise') ? '/organise' : '/students'}
      />
      <Loaded from={shown} skeleton={<SkeletonCard rows={6} />}>
        {(figures) =>
          figures.round ? (
            <All figures={figures} round={figures.round} query={query} />
          ) : (
            <EmptyState icon="rounds" title={t('figures.none')} text={t('figures.none_why')} />
          )
        }
      </Loaded>
    </section>
  );
}

function All({ figures, round, query }: { figures: Figures; round: FigureRound; query: Query }) {
  return (
    <div class="stack loose">
      <Filters figures={figures} round={round} query={query} />
      <p class="small soft">
        {t('figures.small', { fewest: figures.fewest })}{' '}
        {figures.left_out > 0 && t('figures.left_out', { n: figures.left_out })}
      </p>
      <LightsPart figures={figures} by={splitOf(query)} onBy={(by) => replace(address(query, { by }))} />
      <ProgressPart progress={figures.completeness} />
      <CyclePart cycle={figures.cycle} narrower={Boolean(query.subject || query.group)} />
    </div>
  );
}

/** An address may name what this round does not have: one still sees that something is chosen. */
function offered(options: readonly Option[], value: string): Option[] {
  const known = value === '' || options.some((option) => option.value === value);
  return [
    { value: '', label: t('figures.all') },
    ...options,
    ...(known ? [] : [{ value, label: t('figures.unknown') }]),
  ];
}

interface FiltersProps {
  figures: Figures;
  round: FigureRound;
  query: Query;
}

function Filters({ figures: { rounds, choices }, round, query }: FiltersProps) {
  const named = ({ id, name }: { id: string; name: string }) => ({ value: id, label: name });
  const options: Record<Split, Option[]> = {
    year: choices.years.map((n) => ({ value: String(n), label: t('figures.year_of', { year: n }) })),
    level: choices.levels.map((name) => ({ value: name, label: name })),
    subject: choices.subjects.map(named),
    group: choices.groups.map(named),
  };
  const show = (change: Parameters<typeof address>[1]) => replace(address(query, change));
  return (
    <fieldset class="stack">
      <legend class="visually-hidden">{t('figures.filters')}</legend>
      <div class="figures-filters">
        <SelectField
          label={t('figures.round')}
          value={round.id}
          options={rounds.map(named)}
          onInput={(value) => show({ round: value })}
        />
        {SPLITS.map((name) => (
          <SelectField
            key={name}
            label={t(`figures.${name}`)}
            value={query[name] ?? ''}
            options={offered(options[name], query[name] ?? '')}
            onInput={(value) => show({ [name]: value })}
          />
        ))}
      </div>
      {SPLITS.some((name) => query[name]) && (
        <div class="row">
          <Button kind="ghost" small icon="close" onClick={() => show({ year: '', level: '', subject: '', group: '' })}>
            {t('figures.clear')}
          </Button>
        </div>
      )}
    </fieldset>
  );
}
