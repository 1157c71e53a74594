import { type MessageKey, t } from './i18n';
import { signal } from './signals';

/** What a screen reader hears next; shown by the live region of the frame. */
export const spoken = signal('');

/** Says a sentence to screen readers without moving the focus. */
export function announce(text: string): void {
  // The same sentence twice in a row is only read again when the region changed in between.
  spoken.value = '';
  queueMicrotask(() => {
    spoken.value = text;
  });
}

/** Gives the window a title that starts with the most precise thing, such as the name of a student. */
export function setTitle(title: string): void {
  document.title = title ? `${title} · Driehoek` : 'Driehoek';
}

let first = true;

/** After a change of screen: sets the title, reads it out and moves the focus to the new heading. */
export function announceScreen(title: MessageKey | undefined): void {
  const text = title ? t(title) : t('not_found.title');
  setTitle(text);
  if (first) {
    // The visitor has just arrived; the browser has read the page already.
    first = false;
    return;
  }
  announce(text);
  const heading = document.querySelector<HTMLElement>('main h1');
  const target = heading ?? document.querySelector<HTMLElement>('main');
  target?.setAttribute('tabindex', '-1');
  target?.focus({ preventScroll: true });
}
