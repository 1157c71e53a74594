import { useEffect, useState } from 'preact/hooks';

/**
 * Whether the page has the whole screen: without navigation, and where the browser can, without the browser. A phone that
 * cannot gives the page all of its own window.
 */
export function useFullScreen(): [full: boolean, set: (full: boolean) => void] {
  const [full, setFull] = useState(false);

  useEffect(() => {
    if (!full) return;
    const root = document.documentElement;
    root.dataset.full = '';
    // A person may leave by the browser's own key; where the browser cannot, Escape does the same.
    const left = () => !document.fullscreenElement && setFull(false);
    const key = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !document.fullscreenElement && !document.querySelector('dialog[open]'))
        setFull(false);
    };
    document.addEventListener('fullscreenchange', left);
    document.addEventListener('keydown', key);
    return () => {
      document.removeEventListener('fullscreenchange', left);
      document.removeEventListener('keydown', key);
      delete root.dataset.full;
      if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
    };
  }, [full]);

  function set(next: boolean): void {
    setFull(next);
    // Only an act of a person may ask for it, so here and not in the effect.
    if (next) void document.documentElement.requestFullscreen?.().catch(() => undefined);
  }
  return [full, set];
}
