import type { ComponentChildren, TargetedPointerEvent } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { WIDE } from '../lib/wide';
import { CloseButton } from './close-button';
import { Modal, type Pace } from './modal';

const FAR_ENOUGH_PX = 90;

export interface SheetProps {
  open: boolean;
  onClose: () => void;
  title: string;
  subtitle?: ComponentChildren;
  children: ComponentChildren;
  /** The main act; stays in sight while the rest scrolls. */
  footer?: ComponentChildren;
  /** From 900 px a panel at the side instead of a sheet in the middle. */
  side?: boolean;
  pace?: Pace;
}

/** From below on a phone; the page behind stays where it is. */
export function Sheet({ open, onClose, title, subtitle, children, footer, side = false, pace }: SheetProps) {
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  const from = useRef<number | null>(null);

  const start = (event: TargetedPointerEvent<HTMLElement>) => {
    if ((event.target as HTMLElement).closest('button') || matchMedia(WIDE).matches) return;
    from.current = event.clientY;
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    if (from.current === null || !panel.current) return;
    const way = Math.max(0, event.clientY - from.current);
    panel.current.style.transition = 'none';
    panel.current.style.transform = `translateY(${way}px)`;
  };
  const end = (event: PointerEvent) => {
    if (from.current === null || !panel.current) return;
    const way = event.clientY - from.current;
    from.current = null;
    panel.current.style.transition = '';
    panel.current.style.transform = '';
    if (event.type === 'pointerup' && way > FAR_ENOUGH_PX) onClose();
  };
  return (
    <Modal open={open} onClose={onClose} kind={side ? 'sheet sheet-side' : 'sheet'} labelledBy={id} pace={pace}>
      <div ref={panel} class="sheet-panel">
        <header class="sheet-head" onPointerDown={start} onPointerMove={move} onPointerUp={end} onPointerCancel={end}>
          <span class="grip" />
          <div>
            <h2 class="heading" id={id} tabIndex={-1}>
              {title}
            </h2>
            {subtitle && <p class="small soft">{subtitle}</p>}
          </div>
          <CloseButton onClick={onClose} />
        </header>
        <div class="sheet-body stack">{children}</div>
        {footer && <footer class="sheet-foot">{footer}</footer>}
      </div>
    </Modal>
  );
}
