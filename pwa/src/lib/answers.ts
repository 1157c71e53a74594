/** What the server's answers, and the writer's answers to those, do to one waiting text: pure steps like those in conflict.ts. */

import {
  type Attempt,
  type Content,
  type Current,
  contentOf,
  type Known,
  newest,
  type Step,
  same,
  settled,
  type Waiting,
} from './conflict';

export type Answer =
  | { kind: 'saved'; version: number; complete: boolean }
  | { kind: 'stale'; current: Current }
  | { kind: 'closed'; kept: boolean }
  | { kind: 'gone' }
  | { kind: 'refused'; title: string; detail: string }
  /** The key stands for something else at the server: nothing was done now. */
  | { kind: 'key-used' }
  /** The session is over, or it is somebody else's: keep everything, go on after signing in. */
  | { kind: 'signed-out'; other: boolean }
  /** The server failed on this very request: nothing is known, and the next one may do better. */
  | { kind: 'fault' }
  /**
   * No answer, or a server that is not well: nothing is known. `busy`: it was the server that said so; `after`: the
   * milliseconds it asks to be left alone.
   */
  | { kind: 'lost'; busy?: boolean; after?: number };

/** What came back for one request. `body` is undefined when it was no JSON. */
export interface Reply {
  status: number;
  body: unknown;
  headers: Headers;
}

interface Problem {
  type?: string;
  title?: string;
  detail?: string;
  errors?: { detail?: string }[];
  current?: Current;
  kept?: boolean;
}

/** Too early, too many, not well: the same request may pass later. */
const NOT_NOW = new Set([408, 425, 429]);

/** Milliseconds in `Retry-After`, which is a number of seconds or a date; told by the server's clock, not by ours. */
export function patience(headers: Headers): number | undefined {
  const value = headers.get('Retry-After');
  if (!value) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.parse(headers.get('Date') ?? '');
  return ms >= 0 ? Math.min(ms, 86_400_000) : undefined;
}

/** What an answer means for a waiting text; the same for an answer of its own and for its part of a group's answer. */
export function answerTo(status: number, body: unknown, headers?: Headers): Answer {
  const answer = (body ?? {}) as Problem & { version?: unknown; complete?: unknown };
  if (status < 400) {
    // Only our own server's word counts as saved: a hotel's network answers 200 too.
    return typeof answer.version === 'number'
      ? { kind: 'saved', version: answer.version, complete: answer.complete === true }
      : { kind: 'lost' };
  }
  const type = answer.type ?? '';
  if (status === 401) return { kind: 'signed-out', other: type.endsWith('/other-person') };
  if (status === 500) return { kind: 'fault' };
  if (status > 500 || NOT_NOW.has(status)) {
    const after = headers && patience(headers);
    return { kind: 'lost', busy: true, ...(after !== undefined && { after }) };
  }
  const title = answer.title ?? `HTTP ${status}`;
  if (!type) {
    // Not our server's words. A server that moves house has no such address for a while; anything else is about this text.
    return status === 404 || status === 407 ? { kind: 'lost', busy: true } : { kind: 'refused', title, detail: '' };
  }
  if (type.endsWith('/key-reused')) return { kind: 'key-used' };
  if (type.endsWith('/stale') && answer.current) return { kind: 'stale', current: answer.current };
  if (/\/round-(not-open|archived)$/.test(type)) return { kind: 'closed', kept: answer.kept === true };
  if (status === 404 || type.endsWith('/not-yours')) return { kind: 'gone' };
  return { kind: 'refused', title, detail: answer.errors?.[0]?.detail ?? answer.detail ?? '' };
}

/** True when the server would not look at a whole group's texts, and may yet take them one by one. */
export function refusedWhole(status: number): boolean {
  return status >= 400 && status <= 500 && status !== 401 && !NOT_NOW.has(status);
}

/** How many earlier contents are remembered; forgetting one costs a needless question, never a text. */
const MOST_SENT = 10;

/** The contents that may have arrived, or may yet, over this item's base. */
function underWay({ attempt, sent = [] }: Waiting): readonly Content[] {
  return attempt ? [...sent, attempt.content].slice(-MOST_SENT) : sent;
}

/**
 * What is sent next. An attempt without an answer is repeated under its own key, so that the server does it once and
 * tells which version it made. Newer words take its place: over the same base the server takes one of the two, and says
 * so. But words that go back to what the server had would be no new version there, and the attempt could land after
 * them; so the attempt goes first.
 */
export function attempted(item: Waiting): Waiting {
  const { attempt, content, seen, key, base } = item;
  if (attempt && (same(attempt.content, content) || same(seen, content))) return item;
  return { ...item, attempt: { key, content, base }, sent: underWay(item) };
}

/**
 * The server answered this attempt.
 *
 * @param key A new one, for a text that has to go again over another version.
 */
export function answered(
  item: Waiting | null,
  stored: Known | null,
  attempt: Attempt,
  answer: Answer,
  key: string,
): Step {
  const mine = item?.attempt?.key === attempt.key ? item : null;
  if (answer.kind === 'saved') {
    const now = { version: answer.version, content: attempt.content };
    const known = newest(now, stored);
    // A late answer to an attempt that nobody waits for any more still tells what the server has.
    if (!mine) return { item: item && settled(item, now) ? null : item, known };
    if (same(mine.content, attempt.content)) return { item: null, known };
    return {
      item: { ...mine, base: now.version, seen: now.content, attempt: null, sent: [], was_complete: answer.complete },
      known,
    };
  }
  if (!mine || answer.kind === 'lost' || answer.kind === 'fault' || answer.kind === 'signed-out') return { item };
  const idle: Waiting = { ...mine, attempt: null, sent: underWay(mine) };
  // Whatever the key stood for: with a new one over the same version, the server can do it once at most.
  if (answer.kind === 'key-used') return { item: { ...idle, key } };
  if (answer.kind === 'stale') {
    const known = { version: answer.current.version, content: contentOf(answer.current) };
    // Both say the same: there is nothing to ask.
    if (same(known.content, mine.content)) return { item: null, known: newest(known, stored) };
    // The version moved on, but what stands there is what the writer saw, or an earlier text of the writer that did arrive.
    if ([mine.seen, ...underWay(mine)].some((content) => same(content, known.content))) {
      return { item: { ...idle, key, base: known.version, seen: known.content, sent: [] } };
    }
    return { item: { ...idle, trouble: { kind: 'stale', current: answer.current } } };
  }
  // The refusal was about an older text; the newer one gets its own answer.
  if (!same(mine.content, attempt.content)) return { item: idle };
  return { item: { ...idle, trouble: answer } };
}

export type Choice = 'mine' | 'theirs' | 'both';

/**
 * The writer has seen both texts and chose.
 *
 * @param seen The server's version and the writer's own text that were shown. When another version stands there by now,
 *   nothing was chosen; and own words that were not shown are not let go.
 */
export function chosen(
  item: Waiting | null,
  stored: Known | null,
  choice: Choice,
  seen: { theirs: number; mine: Content },
  key: string,
  now: number,
): Step {
  if (item?.trouble?.kind !== 'stale' || item.trouble.current.version !== seen.theirs) return { item };
  // What is let go is what was shown: words that another page has added since are not.
  if (choice === 'theirs' && !same(item.content, seen.mine)) return { item };
  const theirs = contentOf(item.trouble.current);
  const known = newest({ version: seen.theirs, content: theirs }, stored);
  if (choice === 'theirs') return { item: null, known };
  const content = choice === 'both' ? joined(item.content, theirs) : item.content;
  if (same(content, theirs)) return { item: null, known };
  return {
    item: { ...item, content, key, base: seen.theirs, seen: theirs, sent: [], trouble: null, edited_at: now },
    known,
  };
}

/** Both texts, theirs first; my stoplight, because I am the one who chooses. */
export function joined(mine: Content, theirs: Content): Content {
  const join = (a: string, b: string) => {
    const [first, second] = [a.trim(), b.trim()];
    if (!first || second.includes(first)) return b;
    if (!second || first.includes(second)) return a;
    return `${first}\n\n${second}`;
  };
  return {
    stoplight: mine.stoplight ?? theirs.stoplight,
    remark: join(theirs.remark, mine.remark),
    action: join(theirs.action, mine.action),
  };
}

/** The writer asks to send a refused text once more (the round may be open again). */
export function retried(item: Waiting | null, key: string): Step {
  return item?.trouble && item.trouble.kind !== 'stale' ? { item: { ...item, key, trouble: null } } : { item };
}
