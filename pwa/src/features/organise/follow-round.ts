/** Follows how far a round is. What is told is only that something happened; the counts come by the page. */

/** The first news is waited for this long, so that what comes close together is one fetch. */
const GATHER_MS = 1000;
/** On the last evening news never ends; the page is fetched this often at most. */
const REST_MS = 5000;
/** Without a stream the page is asked for this often. */
const POLL_MS = 20_000;

export interface FollowOptions {
  /** Address of the stream. */
  url: string;
  /** Counts may have changed. */
  onCounts: () => void;
  /** The round itself changed too: opened, closed, given to a substitute. */
  onRound: () => void;
}

/** Listens as long as the page is seen and there is a connection, until the returned function is called. */
export function followRound({ url, onCounts, onRound }: FollowOptions): () => void {
  let stream: EventSource | undefined;
  let poll: ReturnType<typeof setInterval> | undefined;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let told = Number.NEGATIVE_INFINITY;
  let wholly = false;
  // What happened between fetching the page and listening is missed as well.
  let missed = true;

  const tell = () => {
    waiting = undefined;
    told = Date.now();
    (wholly ? onRound : onCounts)();
    wholly = false;
  };
  const hear = (all: boolean) => {
    wholly ||= all;
    waiting ??= setTimeout(tell, Math.max(GATHER_MS, told + REST_MS - Date.now()));
  };
  const stop = () => {
    stream?.close();
    stream = undefined;
    clearInterval(poll);
    poll = undefined;
    clearTimeout(waiting);
    waiting = undefined;
  };
  const ask = () => {
    poll ??= setInterval(onRound, POLL_MS);
  };
  const start = () => {
    if (stream || poll || document.visibilityState !== 'visible' || !navigator.onLine) return;
    if (typeof EventSource === 'undefined') {
      ask();
      return;
    }
    const opened = new EventSource(url);
    stream = opened;
    opened.addEventListener('feedback', () => hear(false));
    opened.addEventListener('round', () => hear(true));
    opened.addEventListener('open', () => {
      if (missed) onRound();
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
