import { useLayoutEffect, useRef } from 'preact/hooks';

/** True while the keys belong to somebody who types, or to an open sheet, question or menu. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  if (document.querySelector('dialog[open]')) return true;
  return !!target?.closest(
    'input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable], [role=menu]',
  );
}

/** Calls back for single keys anywhere on the page, except while somebody types; null switches it off. */
export function useKeys(handler: ((event: KeyboardEvent) => void) | null): void {
  const latest = useRef(handler);
  latest.current = handler;
  const active = handler !== null;
  // At once: a quick hand presses in the frame in which the buttons come.
  useLayoutEffect(() => {
    if (!active) return;
    const listen = (event: KeyboardEvent) => {
      if (!isTyping(event)) latest.current?.(event);
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [active]);
}

/** The keys 1 to 4 as an index from 0 to 3. */
export function useFourKeys(choose: ((index: number) => void) | null): void {
  useKeys(
    choose &&
      ((event) => {
        if (!/^[1-4]$/.test(event.key) || event.repeat) return;
        event.preventDefault();
        choose(Number(event.key) - 1);
      }),
  );
}
