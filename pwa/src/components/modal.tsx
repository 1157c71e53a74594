import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { LiveRegion } from './live-region';

const LEAVE_MS = 240;

/** How what is ready is shown: at once, or a frame later, so that a slow phone does not do all of it in one go. */
export type Pace = (show: () => void) => void;
const atOnce: Pace = (show) => show();

/** Opens and closes the native dialog; what was in it stays until it has left the screen. */
function useModal(open: boolean, pace: Pace) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [present, setPresent] = useState(open);
  useLayoutEffect(() => {
    const element = dialog.current;
    if (open) {
      setPresent(true);
      if (!element || element.open) return;
      let over = false;
      pace(() => {
        if (over || element.open) return;
        element.showModal();
        // Not the button that closes it, which the browser would take: a field that asks for it, else the title.
        (element.querySelector<HTMLElement>('[data-autofocus]') ?? element.querySelector('h2'))?.focus();
      });
      return () => {
        over = true;
      };
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
  pace?: Pace | undefined;
  children: ComponentChildren;
}

/** What lies over the page: the rest is silent and out of reach. */
export function Modal({ open, onClose, kind, labelledBy, pace = atOnce, children }: ModalProps) {
  const { dialog, present } = useModal(open, pace);
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
      onClose={(event) => {
        // The browser may close it by itself, for instance at the second press of Escape. What is open again by now was
        // closed for what came before.
        if (open && !event.currentTarget.open) onClose();
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
