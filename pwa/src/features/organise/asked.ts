import { useEffect, useState } from 'preact/hooks';
import { api } from '../../lib/api';

const REST_MS = 250;

interface Asked<T> {
  data: T | null;
  error: unknown;
}

/** What the server makes of something that is still being filled in, asked when the hand rests; null asks nothing. */
export function useAsked<T>(path: string, body: object | null): Asked<T> {
  const [found, setFound] = useState<Asked<T>>({ data: null, error: null });
  const asked = body && JSON.stringify(body);
  useEffect(() => {
    if (asked === null) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      api.post<T>(path, JSON.parse(asked), { signal: stop.signal }).then(
        (data) => setFound({ data, error: null }),
        (error: unknown) => {
          if (!stop.signal.aborted) setFound({ data: null, error });
        },
      );
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [path, asked]);
  return found;
}
