import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Modal } from './modal';

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
