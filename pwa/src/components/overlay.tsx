import { signal } from '@preact/signals';
import type { ComponentChildren, TargetedPointerEvent } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { announce, spoken } from '../lib/announce';
import { t } from '../lib/i18n';
import { Button, CloseButton } from './button';

const LEAVE_MS = 240;
const FAR_ENOUGH_PX = 90;

/** Reads `announce()` out; also inside whatever is modal, as all else is silent then. */
export function LiveRegion() {
  return (
    <div class="visually-hidden" aria-live="polite" aria-atomic="true">
      {spoken.value}
    </div>
  );
}

/** Opens and closes the native dialog; what was in it stays until it has left the screen. */
function useModal(open: boolean) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [present, setPresent] = useState(open);
  useEffect(() => {
    const element = dialog.current;
    if (open) {
      setPresent(true);
      if (!element || element.open) return;
      element.showModal();
      // Not the button that closes it, which the browser would take: a field that asks for it, else the title.
      (element.querySelector<HTMLElement>('[data-autofocus]') ?? element.querySelector('h2'))?.focus();
      return;
    }
    if (element?.open) element.close();
    const timer = setTimeout(() => setPresent(false), LEAVE_MS);
    return () => clearTimeout(timer);
  }, [open]);
  return { dialog, present: open || present };
}

interface ModalProps {
  open: boolean;
  onClose: () => void;
  kind: string;
  labelledBy: string;
  children: ComponentChildren;
}

function Modal({ open, onClose, kind, labelledBy, children }: ModalProps) {
  const { dialog, present } = useModal(open);
  const kept = useRef<ComponentChildren>(null);
  const pressed = useRef<EventTarget | null>(null);
  if (open) kept.current = children;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the scrim is a shortcut; Escape and the button close it as well.
    <dialog
      ref={dialog}
      class={kind}
      aria-labelledby={labelledBy}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClose={() => {
        // The browser may close it by itself, for instance at the second press of Escape.
        if (open) onClose();
      }}
      onPointerDown={(event) => {
        pressed.current = event.target;
      }}
      onClick={(event) => {
        // Only when the press began on the scrim too: who selects text and lets go outside stays.
        if (event.target === event.currentTarget && pressed.current === event.currentTarget) onClose();
      }}
    >
      {present && (
        <>
          {open ? children : kept.current}
          <LiveRegion />
        </>
      )}
    </dialog>
  );
}

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
}

/** From below on a phone; the page behind stays where it is. */
export function Sheet({ open, onClose, title, subtitle, children, footer, side = false }: SheetProps) {
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  const from = useRef<number | null>(null);

  const start = (event: TargetedPointerEvent<HTMLElement>) => {
    if ((event.target as HTMLElement).closest('button') || !matchMedia('(max-width: 899px)').matches) return;
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
    <Modal open={open} onClose={onClose} kind={side ? 'sheet sheet-side' : 'sheet'} labelledBy={id}>
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

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  children?: ComponentChildren;
  /** The buttons, the safe one first. */
  acts: ComponentChildren;
}

/** A question that must be answered before anything else. */
export function Dialog({ open, onClose, title, children, acts }: DialogProps) {
  const id = useId();
  return (
    <Modal open={open} onClose={onClose} kind="dialog" labelledBy={id}>
      <div class="dialog-panel stack">
        <h2 class="heading" id={id} tabIndex={-1}>
          {title}
        </h2>
        {children}
        <div class="dialog-acts">{acts}</div>
      </div>
    </Modal>
  );
}

export interface Question {
  title: string;
  text?: string;
  yes: string;
  no?: string;
  danger?: boolean;
}

const asked = signal<(Question & { answer: (yes: boolean) => void }) | null>(null);

/** Asks, and answers true for yes; closing it any other way is no. */
export function confirm(question: Question): Promise<boolean> {
  asked.value?.answer(false);
  return new Promise((resolve) => {
    asked.value = {
      ...question,
      answer: (yes) => {
        asked.value = null;
        resolve(yes);
      },
    };
  });
}

interface Toast {
  id: number;
  text: string;
  act?: { label: string; onClick: () => void } | undefined;
}

const toasts = signal<readonly Toast[]>([]);
let lastId = 0;

/** Says for a few seconds what happened, and offers one way back. */
export function toast(text: string, act?: Toast['act']): void {
  lastId += 1;
  const id = lastId;
  // One at a time: what happened before is history by now.
  toasts.value = [{ id, text, act }];
  announce(act ? `${text}. ${act.label}` : text);
  setTimeout(() => dismiss(id), act ? 8000 : 5000);
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((other) => other.id !== id);
}

/** The place of toasts and questions; stands once in the frame. */
export function Overlays() {
  const question = asked.value;
  const last = useRef(question);
  if (question) last.current = question;
  return (
    <>
      <div class="toasts">
        {toasts.value.map(({ id, text, act }) => (
          <div key={id} class="toast">
            <span>{text}</span>
            {act && (
              <button
                type="button"
                onClick={() => {
                  dismiss(id);
                  act.onClick();
                }}
              >
                {act.label}
              </button>
            )}
          </div>
        ))}
      </div>
      <Dialog
        open={question !== null}
        onClose={() => question?.answer(false)}
        title={last.current?.title ?? ''}
        acts={
          <>
            <Button onClick={() => question?.answer(false)}>{last.current?.no ?? t('act.cancel')}</Button>
            <Button kind={last.current?.danger ? 'danger' : 'primary'} onClick={() => question?.answer(true)}>
              {last.current?.yes}
            </Button>
          </>
        }
      >
        {last.current?.text && <p>{last.current.text}</p>}
      </Dialog>
    </>
  );
}
