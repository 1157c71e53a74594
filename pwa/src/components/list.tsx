import type { ComponentChildren } from 'preact';
import { Icon } from './icon';

/** Rows below each other with hairlines between. */
export function List({ children, label }: { children: ComponentChildren; label?: string }) {
  return (
    <ul class="list" aria-label={label}>
      {children}
    </ul>
  );
}

export interface ListRowProps {
  href?: string | undefined;
  onClick?: ((event: MouseEvent) => void) | undefined;
  start?: ComponentChildren;
  title: ComponentChildren;
  text?: ComponentChildren;
  end?: ComponentChildren;
  /** The row whose detail is open beside the list. */
  current?: boolean | undefined;
}

/** The whole row is the target. */
export function ListRow({ href, onClick, start, title, text, end, current }: ListRowProps) {
  const inside = (
    <>
      {start}
      <span class="list-row-text">
        <span class="list-row-title">{title}</span>
        {text && <span class="small soft">{text}</span>}
      </span>
      {end && <span class="list-row-end">{end}</span>}
      {(href || onClick) && <Icon name="forward" size={18} />}
    </>
  );
  return (
    <li>
      {href ? (
        <a class="list-row" href={href} onClick={onClick} aria-current={current ? 'true' : undefined}>
          {inside}
        </a>
      ) : onClick ? (
        <button type="button" class="list-row" onClick={onClick} aria-current={current ? 'true' : undefined}>
          {inside}
        </button>
      ) : (
        <div class="list-row">{inside}</div>
      )}
    </li>
  );
}

/** List beside detail from 900 px; a phone shows the one that matters now. */
export function TwoPane({ list, detail, open }: { list: ComponentChildren; detail: ComponentChildren; open: boolean }) {
  return (
    <div class={open ? 'two-pane two-pane-open' : 'two-pane'}>
      <div class="pane-list">{list}</div>
      <div class="pane-detail">{detail}</div>
    </div>
  );
}
