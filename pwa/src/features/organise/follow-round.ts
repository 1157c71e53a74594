/** Follows how far a round is. What is told is only that something happened; the counts come by the page. */
import { listen } from '../../lib/stream';

/** The first news is waited for this long, so that what comes close together is one fetch. */
const GATHER_MS = 1000;
/** On the last evening news never ends; the page is fetched this often at most. */
const REST_MS = 5000;

export interface FollowOptions {
  /** Address of the stream. */
  url: string;
  /** Counts may have changed. */
  onCounts: () => void;
  /** The round itself changed too: opened, closed, given to a substitute. */
  onRound: () => void;
}

/** Listens until the returned function is called. */
export function followRound({ url, onCounts, onRound }: FollowOptions): () => void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let told = Number.NEGATIVE_INFINITY;
  let wholly = false;

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
  const stopped = () => {
    clearTimeout(waiting);
    waiting = undefined;
  };
  return listen({ url, on: { feedback: () => hear(false), round: () => hear(true) }, again: onRound, stopped });
}
