import { useEffect, useState } from 'preact/hooks';

const WIDE = '(min-width: 900px)';

/** True where two panes stand beside each other (see docs/design-system.md). */
export function useWide(): boolean {
  const [wide, setWide] = useState(() => matchMedia(WIDE).matches);
  useEffect(() => {
    const query = matchMedia(WIDE);
    const follow = () => setWide(query.matches);
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);
  return wide;
}
