import { useEffect, useState } from 'preact/hooks';

/** 900 px; in em, so that who asked for larger text gets two panes only where they fit. The styles say the same. */
export const WIDE = '(min-width: 56.25em)';

export const isWide = () => matchMedia(WIDE).matches;

/** True where two panes stand beside each other (see docs/design-system.md). */
export function useWide(): boolean {
  const [wide, setWide] = useState(isWide);
  useEffect(() => {
    const query = matchMedia(WIDE);
    const follow = () => setWide(query.matches);
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);
  return wide;
}
