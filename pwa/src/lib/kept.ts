import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { ApiProblem, api } from './api';
import type { Load } from './load';
import { dropPage, keepPage, keptPage } from './local';
import { me } from './session';

const FRESH_MS = 20_000;

/** Fetches a page and keeps its copy on the device. */
export async function fetchAndKeep<T>(path: string, signal?: AbortSignal): Promise<T> {
  const data = await api.get<T>(path, signal ? { signal } : {});
  const person = me.peek()?.id;
  if (person) void keepPage(person, path, data);
  return data;
}

/**
 * Like `useLoad`, but this device's copy stands there at once, also without a network. It is fetched again when the
 * line or the page comes back.
 *
 * @param onFresh Called with each answer of the server, before it is shown; never with the copy.
 * @param young A copy of fewer milliseconds is not fetched again.
 */
export function useKept<T>(path: string | null, onFresh?: (data: T) => void, young = 0): Load<T> {
  const person = me.value?.id;
  const [state, setState] = useState<{ path: string | null; data: T | undefined; error: unknown; loading: boolean }>({
    path,
    data: undefined,
    error: undefined,
    loading: true,
  });
  const [round, setRound] = useState(0);
  const fetchedAt = useRef(0);
  const fresh = useRef(onFresh);
  fresh.current = onFresh;

  // Before the first paint: the device reads while the page is drawn.
  useLayoutEffect(() => {
    if (path === null) return;
    const stop = new AbortController();
    let answered = false;
    const show = (change: Partial<{ data: T | undefined; error: unknown; loading: boolean }>) => {
      if (stop.signal.aborted) return;
      setState((old) => ({
        path,
        data: old.path === path ? old.data : undefined,
        error: undefined,
        loading: true,
        ...change,
      }));
    };
    const copy = person ? keptPage<T>(person, path) : Promise.resolve(undefined);
    void copy.then((page) => {
      if (page && !answered) show({ data: page.value });
    });
    const ask = () => fetchAndKeep<T>(path, stop.signal);
    // Only where the copy may be enough, the server waits for it.
    const asked = young
      ? copy.then((page) => (page && round === 0 && Date.now() - page.at < young ? page.value : ask()))
      : ask();
    asked.then(
      (data) => {
        answered = true;
        if (stop.signal.aborted) return;
        fetchedAt.current = Date.now();
        fresh.current?.(data);
        show({ data, loading: false });
      },
      async (error: unknown) => {
        await copy;
        // What one may not see any more goes from the screen and from the device at once.
        const gone = error instanceof ApiProblem && error.status === 404;
        if (gone && person) void dropPage(person, path);
        show(gone ? { data: undefined, error, loading: false } : { error, loading: false });
      },
    );
    return () => stop.abort();
  }, [path, person, round]);

  const reload = useCallback(() => setRound((n) => n + 1), []);
  useEffect(() => {
    const again = () => {
      if (document.visibilityState === 'visible' && Date.now() - fetchedAt.current > FRESH_MS) reload();
    };
    addEventListener('online', again);
    document.addEventListener('visibilitychange', again);
    return () => {
      removeEventListener('online', again);
      document.removeEventListener('visibilitychange', again);
    };
  }, [reload]);

  const set = useCallback((data: T) => setState({ path, data, error: undefined, loading: false }), [path]);
  return state.path === path
    ? { ...state, reload, set }
    : { data: undefined, error: undefined, loading: true, reload, set };
}
