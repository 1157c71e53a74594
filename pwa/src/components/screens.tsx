import type { ComponentType, VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Screen } from '../app';
import { announceScreen } from '../lib/announce';
import { ConnectionLost } from '../lib/api';
import { lazily } from '../lib/lazily';
import { place, replace } from '../lib/navigate';
import type { ScreenProps } from '../lib/screen';
import { navigation } from '../lib/session';
import { Navigation, NotFound } from './app-frame';

/** Rarely needed, so not in the first load. */
const ErrorState = lazily(() => import('./error-state'), 'ErrorState');

type Page = ComponentType<ScreenProps>;

/** The screens that are here already. */
const pages = new Map<Screen, Page>();

/** Fetches a screen, so that it is there when it is shown. */
export async function fetchScreen(screen: Screen): Promise<void> {
  // Only a screen about one thing at a time does without navigation and with the first icons.
  const [{ default: page }] = await Promise.all([screen.load(), screen.focus ? undefined : Navigation.fetch()]);
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
  useEffect(() => replace(`/${navigation.value[0]}`), []);
  return null;
}

/** Shows the screen of the address. Until it is here, the one before stays. */
export function Screens({ screenAt }: { screenAt: (path: string) => Screen | undefined }) {
  const { path, query, pushed } = place.value;
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
    if (found && pushed) scrollTo(0, 0);
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
