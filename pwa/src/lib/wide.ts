import { useEffect, useState } from 'preact/hooks';

const WIDE = '(min-width: 900px)';

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
