import type { ComponentType, VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { Screen } from '../app';
import { announceScreen } from '../lib/announce';
import { ConnectionLost } from '../lib/api';
import type { ScreenProps } from '../lib/screen';
import { navigation } from '../lib/session';
import { ErrorState } from './error-state';
import { fetchIcons } from './icon';
import { NotFound } from './not-found';

type Page = ComponentType<ScreenProps>;

/** The screens that are here already. */
const pages = new Map<Screen, Page>();

/** Fetches a screen, so that it is there when it is shown. */
export async function fetchScreen(screen: Screen): Promise<void> {
  // Only a screen about one thing at a time makes do with the first icons.
  const [{ default: page }] = await Promise.all([screen.load(), screen.focus ? undefined : fetchIcons()]);
  pages.set(screen, page as Page);
}

/** The named parts of an address. */
function partsOf(screen: Screen | undefined, path: string): Record<string, string> {
  const values = path.split('/');
  const named = (screen?.path ?? '').split('/').flatMap((part, i): [string, string][] => {
    return part.startsWith(':') ? [[part.slice(1), decodeURIComponent(values[i] ?? '')]] : [];
  });
  return Object.fromEntries(named);
}

/** The start address leads to the first place of this person. */
function Start() {
  const { route } = useLocation();
  useEffect(() => route(`/${navigation.value[0]}`, true), [route]);
  return null;
}

/** Shows the screen of the address. Until it is here, the one before stays. */
export function Screens({ screenAt }: { screenAt: (path: string) => Screen | undefined }) {
  const { path, query, wasPush } = useLocation() as ReturnType<typeof useLocation> & { wasPush: boolean };
  const screen = screenAt(path);
  const isStart = path === '/';
  const found = screen ? pages.get(screen) : isStart ? Start : NotFound;
  const shown = useRef<VNode | null>(null);
  const [, setFetched] = useState(0);
  const [missing, setMissing] = useState<Screen | null>(null);

  const load = (wanted: Screen) => {
    setMissing(null);
    fetchScreen(wanted).then(
      () => setFetched((n) => n + 1),
      () => setMissing(wanted),
    );
  };
  useEffect(() => {
    if (screen && !found) load(screen);
  }, [screen]);
  useLayoutEffect(() => {
    if (found && wasPush) scrollTo(0, 0);
  }, [path, found]);
  useLayoutEffect(() => {
    if (found && !isStart) announceScreen(screen?.title);
  }, [screen, found]);

  if (found) {
    const Found = found as Page;
    shown.current = <Found key={screen?.path ?? path} {...partsOf(screen, path)} path={path} query={query} />;
  } else if (screen && missing === screen) {
    return <ErrorState error={new ConnectionLost()} onRetry={() => load(screen)} />;
  }
  return shown.current;
}
