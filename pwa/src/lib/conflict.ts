/**
 * What happens to one waiting text: pure steps without a clock, a network or a database.
 *
 * The promise kept here: a text leaves the device's list only when the server has exactly that text, or when its writer
 * chose to let it go; and nothing of somebody else is overwritten that the writer has not seen.
 */

export type Stoplight = 'excellent' | 'on_track' | 'attention' | 'warning' | 'no_picture';

/** What a teacher says about one student. With `no_picture` the reason stands in `remark`. */
export interface Content {
  stoplight: Stoplight | null;
  remark: string;
  action: string;
}

export const EMPTY: Content = { stoplight: null, remark: '', action: '' };

/** One text per student, teaching group and round. */
export interface Place {
  round: string;
  group: string;
  student: string;
}

/** Names to show when the page they come from is not at hand. */
export interface Label {
  student: string;
  group: string;
  round: string;
}

/** What the server is known to have. Version 0: nothing yet. */
export interface Known {
  version: number;
  content: Content;
}

/** What stands at the server now, as a 409 tells it. */
export interface Current extends Content {
  version: number;
  updated_at?: string;
  author?: { id: string; name: string };
}

/** Why a text does not go on by itself. The text stays here until its writer decides. */
export type Trouble =
  | { kind: 'stale'; current: Current }
  /** The round, or this group of it, is not open. `kept`: the server has put the text aside for its author. */
  | { kind: 'closed'; kept: boolean }
  /** No longer my student, or the round is gone. */
  | { kind: 'gone' }
  /** The server does not accept the text; in its words. */
  | { kind: 'refused'; title: string; detail: string };

/** A content that was sent and may or may not have arrived. */
export interface Attempt {
  key: string;
  content: Content;
  base: number;
}

/** One text that waits to be sent. */
export interface Waiting extends Place {
  person: string;
  label: Label;
  content: Content;
  /** Idempotency key of this very content. */
  key: string;
  /** The server's version that the writer has seen, and what stood there. */
  base: number;
  seen: Content;
  edited_at: number;
  attempt: Attempt | null;
  trouble: Trouble | null;
  /** Whether the pair was complete at the server, and is with this text; for counting without the page. */
  was_complete: boolean;
  complete: boolean;
}

export type Answer =
  | { kind: 'saved'; version: number; complete: boolean }
  | { kind: 'stale'; current: Current }
  | { kind: 'closed'; kept: boolean }
  | { kind: 'gone' }
  | { kind: 'refused'; title: string; detail: string }
  /** The session is over: keep everything, go on after signing in. */
  | { kind: 'signed-out' }
  /** No answer, or a server that is not well: nothing is known. */
  | { kind: 'lost' };

export interface Step {
  /** What waits from now on; null when nothing does. */
  item: Waiting | null;
  /** What the server has and the writer has seen, if the step taught it. */
  known?: Known;
}

export interface Edit {
  person: string;
  place: Place;
  label: Label;
  content: Content;
  key: string;
  now: number;
  known: Known;
  was_complete: boolean;
  complete: boolean;
}

/** The longest text the server takes, in characters. */
export const MOST = 2000;

export function same(a: Content, b: Content): boolean {
  return a.stoplight === b.stoplight && a.remark === b.remark && a.action === b.action;
}

/** Only the three fields, whatever else an answer carries. */
export function contentOf(from: Content): Content {
  return { stoplight: from.stoplight, remark: from.remark, action: from.action };
}

/** True when the server could take this text; a text that is too long waits here until it is shortened. */
export function sendable(content: Content): boolean {
  return [...content.remark].length <= MOST && [...content.action].length <= MOST;
}

/** The writer changed something. Back at what the server has, with nothing under way, there is nothing left to send. */
export function edited(item: Waiting | null, edit: Edit): Step {
  const { content, key, now, complete } = edit;
  if (!item) {
    if (same(content, edit.known.content)) return { item: null };
    const { person, place, label, known, was_complete } = edit;
    return {
      item: {
        ...place,
        person,
        label,
        content,
        key,
        base: known.version,
        seen: known.content,
        edited_at: now,
        attempt: null,
        trouble: null,
        was_complete,
        complete,
      },
    };
  }
  if (same(content, item.content)) return { item };
  const trouble = item.trouble?.kind === 'stale' ? item.trouble : null;
  if (!item.attempt && !trouble && same(content, item.seen)) return { item: null };
  return { item: { ...item, content, key, edited_at: now, complete, trouble } };
}

/**
 * What is sent next. An attempt without an answer is repeated as it was, under its own key, so that the server does it
 * once and tells which version it made; newer words follow after that.
 */
export function attempted(item: Waiting): Waiting {
  if (item.attempt) return item;
  return { ...item, attempt: { key: item.key, content: item.content, base: item.base } };
}

/** The server answered the attempt with this key. */
export function answered(item: Waiting | null, attempt: Attempt, answer: Answer): Step {
  const mine = item?.attempt?.key === attempt.key ? item : null;
  if (answer.kind === 'saved') {
    const known = { version: answer.version, content: attempt.content };
    if (!mine) return { item, known };
    if (same(mine.content, attempt.content)) return { item: null, known };
    return {
      item: { ...mine, base: known.version, seen: known.content, attempt: null, was_complete: answer.complete },
      known,
    };
  }
  if (!mine || answer.kind === 'lost' || answer.kind === 'signed-out') return { item };
  const idle: Waiting = { ...mine, attempt: null };
  if (answer.kind === 'stale') {
    const known = { version: answer.current.version, content: contentOf(answer.current) };
    // Both say the same: there is nothing to ask.
    if (same(known.content, mine.content)) return { item: null, known };
    // The version moved on, but what stands there is what the writer saw.
    if (same(known.content, mine.seen)) return { item: { ...idle, base: known.version }, known };
    return { item: { ...idle, trouble: { kind: 'stale', current: answer.current } } };
  }
  // The refusal was about an older text; the newer one gets its own answer.
  if (!same(mine.content, attempt.content)) return { item: idle };
  return { item: { ...idle, trouble: answer } };
}

export type Choice = 'mine' | 'theirs' | 'both';

/** The writer has seen both texts and chose. */
export function chosen(item: Waiting, choice: Choice, key: string, now: number): Step {
  if (item.trouble?.kind !== 'stale') return { item };
  const { current } = item.trouble;
  const known = { version: current.version, content: contentOf(current) };
  if (choice === 'theirs') return { item: null, known };
  const content = choice === 'both' ? joined(item.content, known.content) : item.content;
  if (same(content, known.content)) return { item: null, known };
  return {
    item: { ...item, content, key, base: known.version, seen: known.content, trouble: null, edited_at: now },
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
export function retried(item: Waiting, key: string): Step {
  return item.trouble && item.trouble.kind !== 'stale' ? { item: { ...item, key, trouble: null } } : { item };
}

/** A fresh page shows what the server has. A text that stands there word for word no longer waits. */
export function refreshed(item: Waiting, server: Known): Step {
  const settled = !item.attempt || same(item.attempt.content, item.content);
  return settled && server.version > 0 && same(item.content, server.content) ? { item: null } : { item };
}
