/** Follows what others write in a group. What is told are names of students and versions; the words come by the page. */

/** How long more news is waited for before the page is fetched: a colleague who goes through a group is one fetch now and then. */
const GATHER_MS = 500;
/** Without a stream the page is asked for this often. */
const POLL_MS = 20_000;

export interface News {
  student: string;
  version: number;
}

export interface LiveOptions {
  /** Address of the stream. */
  url: string;
  /** Whether this is not known here yet. */
  isNew: (news: News) => boolean;
  /** Fetches the page again. */
  reload: () => void;
}

/**
 * Listens as long as the page is seen and there is a connection, until the returned function is called. Whatever was
 * missed meanwhile is fetched when listening begins again.
 */
export function follow({ url, isNew, reload }: LiveOptions): () => void {
  const heard = new Map<string, number>();
  let stream: EventSource | undefined;
  let poll: ReturnType<typeof setInterval> | undefined;
  let gather: ReturnType<typeof setTimeout> | undefined;
  // What was saved between fetching the page and listening is missed as well.
  let missed = true;

  const tell = () => {
    gather = undefined;
    const news = [...heard].some(([student, version]) => isNew({ student, version }));
    heard.clear();
    if (news) reload();
  };
  const hear = (event: MessageEvent<string>) => {
    const { student, version } = JSON.parse(event.data) as News;
    heard.set(student, Math.max(version, heard.get(student) ?? 0));
    // Asked again only then: by that time the answer to an own write is here, and it was no news.
    gather ??= setTimeout(tell, GATHER_MS);
  };
  const stop = () => {
    stream?.close();
    stream = undefined;
    clearInterval(poll);
    poll = undefined;
    clearTimeout(gather);
    gather = undefined;
  };
  const ask = () => {
    poll ??= setInterval(reload, POLL_MS);
  };
  const start = () => {
    if (stream || poll || document.visibilityState !== 'visible' || !navigator.onLine) return;
    if (typeof EventSource === 'undefined') {
      ask();
      return;
    }
    const opened = new EventSource(url);
    stream = opened;
    opened.addEventListener('feedback', hear as EventListener);
    opened.addEventListener('open', () => {
      if (missed) reload();
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
