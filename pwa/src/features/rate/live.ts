/** Follows what others write in a group. What is told are names of students and versions; the words come by the page. */
import { listen } from '../../lib/stream';

/** How long more news is waited for before the page is fetched: a colleague who goes through a group is one fetch now and then. */
const GATHER_MS = 500;

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

/** Listens until the returned function is called. */
export function follow({ url, isNew, reload }: LiveOptions): () => void {
  const heard = new Map<string, number>();
  let gather: ReturnType<typeof setTimeout> | undefined;

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
  const stopped = () => {
    clearTimeout(gather);
    gather = undefined;
  };
  return listen({ url, on: { feedback: hear }, again: reload, stopped });
}
