import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { FOUR, type Stoplight, StoplightLabel, StoplightSymbol } from '../../components';
import { t } from '../../lib/i18n';
import type { Lights } from './types';
import { counts, percents, sum } from './words';

interface ChartProps {
  title: string;
  /** What the picture shows, in a plain sentence; it is also its name for who does not see it. */
  said: string;
  legend?: ComponentChildren;
  /** The picture. */
  children: ComponentChildren;
  /** The same in numbers. */
  table: ComponentChildren;
  /** 3 below another chart that it belongs to. */
  level?: 2 | 3;
}

/** A picture with a sentence before it and a table behind it. */
export function Chart({ title, said, legend, children, table, level = 2 }: ChartProps) {
  const id = useId();
  const Heading = `h${level}` as const;
  return (
    <figure class="figures-chart stack">
      <figcaption class="stack tight">
        <Heading class="heading" id={`${id}title`}>
          {title}
        </Heading>
        <p id={`${id}said`}>{said}</p>
      </figcaption>
      {legend}
      <div role="img" aria-labelledby={`${id}said`} class="figures-rows">
        {children}
      </div>
      <details class="figures-more">
        <summary>{t('figures.table')}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table that is wider than a phone is scrolled with the keys, too. */}
        <section class="figures-scroll" aria-labelledby={`${id}title`} tabIndex={0}>
          {table}
        </section>
      </details>
    </figure>
  );
}

/** The four stoplights with their symbols and words; `of`: how large the part of each is. */
export function Legend({ of }: { of?: Lights }) {
  const parts = of && percents(counts(of));
  return (
    <ul class="figures-legend">
      {FOUR.map((light, at) => (
        <li key={light}>
          <StoplightLabel light={light} size={20} />
          {parts && <span class="numeric"> {parts[at]}%</span>}
        </li>
      ))}
    </ul>
  );
}

interface Part {
  value: number;
  /** What it is filled with: the name of a style. */
  fill: string;
  light?: Stoplight;
}

/** From this part of the whole on there is room for a symbol, also on a phone. */
const ROOM = 0.08;
const SYMBOL_PX = 16;

/** One bar; its parts are told apart by place, colour and symbol. Words and numbers stand beside it. */
export function Bar({ parts, whole }: { parts: readonly Part[]; whole: number }) {
  let start = 0;
  return (
    <svg class="figures-bar" width="100%" height="26" aria-hidden="true" focusable="false">
      {parts.map(({ value, fill, light }) => {
        const [from, wide] = [start, whole > 0 ? value / whole : 0];
        start += wide;
        if (wide === 0) return null;
        return (
          <g key={fill}>
            <rect class={`figures-${fill}`} x={`${from * 100}%`} width={`${wide * 100}%`} height="100%" />
            {light && wide >= ROOM && (
              // A drawing in a drawing is as large as the one around it.
              <svg
                x={`${(from + wide / 2) * 100}%`}
                y="50%"
                width={SYMBOL_PX}
                height={SYMBOL_PX}
                overflow="visible"
                aria-hidden="true"
              >
                <g class="figures-symbol" transform={`translate(${-SYMBOL_PX / 2} ${-SYMBOL_PX / 2})`}>
                  <StoplightSymbol light={light} size={SYMBOL_PX} />
                </g>
              </svg>
            )}
          </g>
        );
      })}
    </svg>
  );
}

/** A bar with its name and what it is about. */
export function Row({ name, note, children }: { name: string; note: string; children: ComponentChildren }) {
  return (
    <div class="figures-row">
      <span class="figures-name">{name}</span>
      <span class="figures-note small soft numeric">{note}</span>
      {children}
    </div>
  );
}

/** The four stoplights as parts of one bar. */
export function LightBar({ lights }: { lights: Lights }) {
  return <Bar whole={sum(lights)} parts={FOUR.map((light) => ({ value: lights[light], fill: light, light }))} />;
}

interface NamedRow {
  key: string;
  name: string;
  lights: Lights;
}

/** Stoplights by whatever the rows are; numbers, with the percents behind them. */
export function LightTable({ head, rows }: { head: string; rows: readonly NamedRow[] }) {
  return (
    <table class="figures-table">
      <thead>
        <tr>
          <th scope="col">{head}</th>
          <th scope="col">{t('figures.lights')}</th>
          {FOUR.map((light) => (
            <th key={light} scope="col">
              <StoplightLabel light={light} size={18} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, name, lights }) => {
          const parts = percents(counts(lights));
          return (
            <tr key={key}>
              <th scope="row">{name}</th>
              <td>{sum(lights)}</td>
              {FOUR.map((light, at) => (
                <td key={light}>
                  {lights[light]} <span class="small soft">({parts[at]}%)</span>
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** Numbers by name. */
export function Table({ head, rows }: { head: readonly string[]; rows: readonly (readonly [string, ...number[]])[] }) {
  return (
    <table class="figures-table">
      <thead>
        <tr>
          {head.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, ...numbers]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {numbers.map((n, at) => (
              <td key={head[at + 1]}>{n}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
