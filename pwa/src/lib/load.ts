import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { api } from './api';

export interface Load<T> {
  /** What came; stays while it is fetched again. */
  data: T | undefined;
  /** What was thrown by the last try; undefined as soon as one succeeds. */
  error: unknown;
  loading: boolean;
  reload: () => void;
  /** Puts a newer state in place, for instance after a write. */
  set: (data: T) => void;
}

interface State<T> {
  path: string | null;
  data: T | undefined;
  error: unknown;
  loading: boolean;
}

/** Fetches `/api/v1` + path when the screen opens and whenever the path changes; null waits. */
export function useLoad<T>(path: string | null): Load<T> {
  const [state, setState] = useState<State<T>>({ path, data: undefined, error: undefined, loading: path !== null });
  const [round, setRound] = useState(0);
  const latest = useRef(0);

  useEffect(() => {
    if (path === null) {
      setState({ path, data: undefined, error: undefined, loading: false });
      return;
    }
    latest.current += 1;
    const mine = latest.current;
    const stop = new AbortController();
    setState((old) => ({
      path,
      data: old.path === path ? old.data : undefined,
      error: undefined,
      loading: true,
    }));
    api.get<T>(path, { signal: stop.signal }).then(
      (data) => {
        if (mine === latest.current) setState({ path, data, error: undefined, loading: false });
      },
      (error: unknown) => {
        if (mine === latest.current && !stop.signal.aborted) setState((old) => ({ ...old, error, loading: false }));
      },
    );
    return () => stop.abort();
  }, [path, round]);

  const reload = useCallback(() => setRound((n) => n + 1), []);
  const set = useCallback(
    (data: T) => {
      // An answer that is still under way is older than this.
      latest.current += 1;
      setState({ path, data, error: undefined, loading: false });
    },
    [path],
  );
  // Between a new path and its effect the old data must not show under the new heading.
  return state.path === path
    ? { ...state, reload, set }
    : { data: undefined, error: undefined, loading: true, reload, set };
}
