/** Without a stream the page is asked for this often. */
const POLL_MS = 20_000;

export interface ListenOptions {
  /** Address of the stream. */
  url: string;
  /** What is done with each kind of news. */
  on: Record<string, (event: MessageEvent<string>) => void>;
  /** Something may have been missed, or nothing can be heard: time to look for oneself. */
  again: () => void;
  /** Nobody listens any more: what waits is let go. */
  stopped: () => void;
}

/**
 * Listens as long as the page is seen and there is a connection, until the returned function is called. Whatever was
 * missed meanwhile is looked for when listening begins again.
 */
export function listen({ url, on, again, stopped }: ListenOptions): () => void {
  let stream: EventSource | undefined;
  let poll: ReturnType<typeof setInterval> | undefined;
  // What happened between fetching the page and listening is missed as well.
  let missed = true;

  const stop = () => {
    stream?.close();
    stream = undefined;
    clearInterval(poll);
    poll = undefined;
    stopped();
  };
  const ask = () => {
    poll ??= setInterval(again, POLL_MS);
  };
  const start = () => {
    if (stream || poll || document.visibilityState !== 'visible' || !navigator.onLine) return;
    if (typeof EventSource === 'undefined') {
      ask();
      return;
    }
    const opened = new EventSource(url);
    stream = opened;
    for (const [kind, hear] of Object.entries(on)) opened.addEventListener(kind, hear as EventListener);
    opened.addEventListener('open', () => {
      if (missed) again();
      missed = false;
    });
    opened.addEventListener('error', () => {
      missed = true;
      // The browser tries again by itself, unless the server refused.
      if (opened.readyState === EventSource.CLOSED && stream === opened) ask();
    });
  };
  const change = () => {
    if (document.visibilityState === 'visible' && navigator.onLine) start();
    else if (stream || poll) {
      missed = true;
      stop();
    }
  };

  start();
  document.addEventListener('visibilitychange', change);
  addEventListener('online', change);
  addEventListener('offline', change);
  return () => {
    document.removeEventListener('visibilitychange', change);
    removeEventListener('online', change);
    removeEventListener('offline', change);
    stop();
  };
}
