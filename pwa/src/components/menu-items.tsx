import { useEffect, useRef } from 'preact/hooks';
import { Icon } from './icon';
import type { MenuItem } from './menu';

export interface MenuItemsProps {
  label: string;
  items: readonly MenuItem[];
  /** `back`: the focus goes to the button again. */
  onClose: (back: boolean) => void;
}

/** What a menu opens: beside its button in the same box. */
export default function MenuItems({ label, items, onClose }: MenuItemsProps) {
  const panel = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;

  useEffect(() => {
    const box = panel.current?.parentElement;
    const all = [...(panel.current?.querySelectorAll('button') ?? [])];
    all[0]?.focus();
    const outside = (event: Event) => {
      if (!box?.contains(event.target as Node)) close.current(false);
    };
    const onKeyDown = (event: KeyboardEvent) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step && event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      if (!step) close.current(true);
      else all[(all.indexOf(document.activeElement as HTMLButtonElement) + step + all.length) % all.length]?.focus();
    };
    box?.addEventListener('keydown', onKeyDown);
    addEventListener('pointerdown', outside);
    addEventListener('focusin', outside);
    return () => {
      box?.removeEventListener('keydown', onKeyDown);
      removeEventListener('pointerdown', outside);
      removeEventListener('focusin', outside);
    };
  }, []);

  return (
    <div ref={panel} class="menu-items" role="menu" aria-label={label}>
      {items.map((item) => (
        <button
          key={item.label}
          type="button"
          role="menuitem"
          class={item.danger ? 'ink-warning' : undefined}
          onClick={() => {
            onClose(true);
            item.onClick();
          }}
        >
          {item.icon && <Icon name={item.icon} size={20} />}
          {item.label}
        </button>
      ))}
    </div>
  );
}
