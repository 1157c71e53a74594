/**
 * What writing does to one waiting text: pure steps without a clock, a network or a database. What an answer of the
 * server does to it stands in answers.ts, which comes with the sender.
 *
 * The promise kept here: a text leaves the device's list only when the server has exactly that text, or when its writer
 * chose to let it go; and nothing is overwritten that the writer has not seen on this device.
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
  /** Idempotency key of this very content over this very base: whenever one of them changes, so does the key. */
  key: string;
  /** The server's version that the writer has seen, and what stood there. */
  base: number;
  seen: Content;
  edited_at: number;
  attempt: Attempt | null;
  /** Earlier contents that were sent over the same base and may have arrived, or may yet: the writer's own words. */
  sent?: readonly Content[];
  trouble: Trouble | null;
  /** Whether the pair was complete at the server, and is with this text; for counting without the page. */
  was_complete: boolean;
  complete: boolean;
}

export interface Step {
  /** What waits from now on; null when nothing does. */
  item: Waiting | null;
  /** What the server has and the writer has seen, if the step taught it; null when that need not be kept any more. */
  known?: Known | null;
}

export interface Edit {
  person: string;
  place: Place;
  label: Label;
  /** What the writer had before the eyes, and made of it. */
  before: Content;
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
export function contentOf({ stoplight, remark, action }: Content): Content {
  return { stoplight, remark, action };
}

export function nameOf(place: Place): string {
  return `${place.round},${place.group},${place.student}`;
}

export function newest(page: Known, stored: Known | null | undefined): Known {
  return stored && stored.version > page.version ? stored : page;
}

/**
 * One field that the writer changed `from` something `to` something else, while another page of the same writer may
 * have made `ground` of it. Words that the writer did not see stay.
 */
function woven(from: string, to: string, ground: string): string {
  if (to === from) return ground;
  if (ground === from || to.startsWith(ground)) return to;
  // Letter by letter, what is typed here grows below what came from there.
  const below = `\n\n${from}`;
  const rest = from && ground.endsWith(below) ? ground.slice(0, -below.length) : ground;
  return to ? `${rest}\n\n${to}` : rest;
}

/**
 * The writer changed something, over what this device has (`item`, `stored`), which may be more than the page showed.
 * Back at what the server has, with nothing under way, there is nothing left to send.
 */
export function edited(item: Waiting | null, edit: Edit, stored?: Known | null): Step {
  const { place, person, label, before, content: to, key, now, was_complete, complete } = edit;
  const { version: base, content: seen } = newest(edit.known, stored);
  const ground: Waiting = item ?? {
    ...place,
    person,
    label,
    content: seen,
    key,
    base,
    seen,
    edited_at: now,
    attempt: null,
    trouble: null,
    was_complete,
    complete,
  };
  const content: Content = {
    stoplight: to.stoplight === before.stoplight ? ground.content.stoplight : to.stoplight,
    remark: woven(before.remark, to.remark, ground.content.remark),
    action: woven(before.action, to.action, ground.content.action),
  };
  if (same(content, ground.content)) return { item };
  const trouble = ground.trouble?.kind === 'stale' ? ground.trouble : null;
  if (!ground.attempt && !trouble && same(content, ground.seen)) return { item: null };
  return { item: { ...ground, content, key, edited_at: now, complete, trouble } };
}

/**
 * True when the server has this text word for word, in a version after the one it builds on. Whatever else was sent over
 * that one comes too late then.
 */
export function settled({ base, content }: Waiting, server: Known): boolean {
  return server.version > base && same(content, server.content);
}

/** A fresh page shows what the server has. It may be older than what was saved from here meanwhile. */
export function refreshed(item: Waiting | null, stored: Known | null, server: Known): Step {
  if (item && settled(item, server)) return { item: null, known: newest(server, stored) };
  return stored && stored.version <= server.version ? { item, known: null } : { item };
}
