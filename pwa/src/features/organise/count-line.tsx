import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Button, Icon } from '../../components';
import { t } from '../../lib/i18n';

/** `done` complete of `total`; `incomplete` were begun and miss a text; of the rest there is nothing yet. */
export interface Counted {
  done: number;
  incomplete: number;
  total: number;
}

/** A long list shows so many until one asks for the rest. */
const SHOWN = 40;

export const isReady = ({ done, total }: Counted) => done === total;

/** Who misses most first. */
export function behindFirst<T extends Counted>(lines: readonly T[]): T[] {
  return [...lines].sort((a, b) => b.total - b.done - (a.total - a.done));
}

/** "12 compleet, 2 onvolledig, 14 nog niets". */
export function inWords({ done, incomplete, total }: Counted): string {
  return t('progress.parts', { done, incomplete, none: total - done - incomplete });
}

/** Complete, incomplete and none beside each other; the words stand near, or in `label` where they do not. */
export function CountBar({ count, label }: { count: Counted; label?: string }) {
  const { done, incomplete, total } = count;
  return (
    <span class="count-bar" role="img" aria-label={label ? `${label}: ${inWords(count)}` : inWords(count)}>
      <span class="count-bar-done" style={{ flexGrow: done }} />
      <span class="count-bar-incomplete" style={{ flexGrow: incomplete }} />
      <span style={{ flexGrow: total > 0 ? total - done - incomplete : 1 }} />
    </span>
  );
}

export interface CountLineProps {
  title: string;
  text?: ComponentChildren;
  count: Counted;
  /** Something about it before the count. */
  note?: string | undefined;
  act?: ComponentChildren;
}

/** One group, person or student and how far it is. */
export function CountLine({ title, text, count, note, act }: CountLineProps) {
  const { done, incomplete, total } = count;
  const ready = total > 0 && isReady(count);
  return (
    <li class="list-row organise-count">
      <span class="list-row-text">
        <span class="list-row-title">{title}</span>
        {text && <span class="small soft">{text}</span>}
      </span>
      <span class="organise-bar">
        <span class={ready ? 'small ink-on_track' : 'small soft'}>
          {ready && <Icon name="check" size={16} />}
          <span>
            {note && `${note} · `}
            {t('organise.count', { done, total })}
            {incomplete > 0 && ` · ${t('organise.incomplete', { n: incomplete })}`}
          </span>
        </span>
        <CountBar count={count} label={title} />
      </span>
      {act && <span class="organise-act">{act}</span>}
    </li>
  );
}

/** The first of many lines, and the way to all of them. */
export function Lines<T>({ of, line }: { of: readonly T[]; line: (one: T) => ComponentChildren }) {
  const [all, setAll] = useState(false);
  const shown = all || of.length <= SHOWN + 5 ? of : of.slice(0, SHOWN);
  return (
    <>
      <ul class="list">{shown.map(line)}</ul>
      {shown.length < of.length && (
        <Button kind="ghost" small icon="down" onClick={() => setAll(true)}>
          {t('progress.show_all', { n: of.length })}
        </Button>
      )}
    </>
  );
}
