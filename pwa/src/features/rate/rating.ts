import { type Stoplight, stoplightName } from '../../components';
import { announce } from '../../lib/announce';
import { atOnce } from '../../lib/at-once';
import { type Content, contentOf, EMPTY, type Known, type Waiting } from '../../lib/conflict';
import { t } from '../../lib/i18n';
import { nameOf, type Outbox } from '../../lib/outbox';
import { computed, type ReadonlySignal, type Signal, signal } from '../../lib/signals';
import { groupTitle } from './group-title';
import { type Missing, missing } from './required';
import type { GroupSheet, Pair, StudentCard, Written } from './types';

/** Milliseconds of rest before a text that is being typed is sent. */
const TYPING_REST_MS = 1200;
/** A tap may be taken back right away; then nothing was sent. */
const TAP_REST_MS = 700;
/** What a colleague wrote so shortly ago cannot have been read: a stoplight over it waits until it was. */
const UNREAD_MS = 1500;

/** One student of the group: what the server has, with this device's own words over it. */
export interface Row {
  student: StudentCard;
  pair: Pair;
  content: Content;
  server: Known;
  waiting: Waiting | null;
  missing: Missing[];
  complete: boolean;
  writable: boolean;
  /** What a colleague has written and I did not write over, as far as this page knows. */
  colleague: Written | null;
  /** Name of the colleague whose text this is; null for one's own. */
  by: string | null;
}

/** One stoplight that was given, as undo needs it. */
export interface Change {
  student: string;
  before: Stoplight | null;
  after: Stoplight;
}

/** Where one is within a group, and everything one can do there. Lives as long as the app, so one comes back to it. */
export class Rating {
  readonly sheet: Signal<GroupSheet>;
  readonly rows: ReadonlySignal<Row[]>;
  /** The students that are asked for, without those who left. */
  readonly asked: ReadonlySignal<Row[]>;
  /** Student on the card; null: nobody is left. */
  readonly current: Signal<string | null>;
  /** Student whose text sheet is open, and where it leads. */
  readonly writing = signal<{ student: string; leads: 'next' | 'stay' } | null>(null);
  /** Student whose clock is open. */
  readonly clockOf = signal<string | null>(null);
  /** Student whose two texts are compared. */
  readonly comparing = signal<string | null>(null);
  /** Whether the list to jump to a student is open. */
  readonly jumping = signal(false);
  /** The student rated just now. */
  readonly last = signal<string | null>(null);
  readonly view = signal<'cards' | 'list'>('cards');
  /** How the card on top came: new from the stack, or brought back. */
  readonly arrival = signal<'stack' | 'back'>('stack');
  /** What can be undone, the newest last; what is done in one act is undone in one. */
  readonly changes = signal<readonly (readonly Change[])[]>([]);
  /** A text that is being typed while something newer came in: it stays, with what it was built on. */
  readonly held = signal<{ student: string; on: Known } | null>(null);
  /** Student about whom one types now, and students a colleague just wrote about, with the time. */
  typing: string | null = null;
  readonly news = new Map<string, number>();
  /** How the second half of a long act is done: at once, or on a slow phone after a frame; see cards.tsx. */
  pace = (act: () => void): void => act();
  /** Looks at a fresh page before it is shown; see company.tsx. */
  arrives: ((fresh: GroupSheet) => void) | undefined;

  constructor(
    readonly outbox: Outbox,
    sheet: GroupSheet,
  ) {
    this.sheet = signal(sheet);
    this.rows = computed(() => this.sheet.value.pairs.map((pair) => this.makeRow(pair)));
    this.asked = computed(() => this.rows.value.filter(({ pair }) => pair.state === 'expected'));
    this.current = signal(this.start());
  }

  /** The first who has nothing yet, else the first who lacks a text. */
  start(): string | null {
    const rows = this.asked.value;
    const first = rows.find((row) => row.content.stoplight === null) ?? rows.find((row) => !row.complete);
    return first?.student.id ?? null;
  }

  private makeRow(pair: Pair): Row {
    const { round, open } = this.sheet.value;
    const name = nameOf(this.place(pair.student.id));
    const page: Known = pair.feedback
      ? { version: pair.feedback.version, content: contentOf(pair.feedback) }
      : { version: 0, content: EMPTY };
    const sent = this.outbox.known.value.get(name);
    const own = sent !== undefined && sent.version > page.version;
    const held = this.held.value;
    const holds = held?.student === pair.student.id && (sent?.version ?? 0) <= held.on.version;
    const server = holds ? held.on : own ? sent : page;
    const waiting = this.outbox.items.value.get(name) ?? null;
    const content = waiting?.content ?? server.content;
    const lacks = missing(round.required, content);
    const theirs = pair.feedback;
    const colleague = theirs && theirs.author.id !== this.outbox.person && !own ? theirs : null;
    return {
      student: pair.student,
      pair,
      content,
      server,
      waiting,
      missing: lacks,
      complete: lacks.length === 0,
      writable: open && pair.state === 'expected',
      colleague,
      by: colleague && !waiting && !holds ? colleague.author.name : null,
    };
  }

  place(student: string) {
    const { round, group } = this.sheet.value;
    return { round: round.id, group: group.id, student };
  }

  row(student: string | null): Row | undefined {
    return student === null ? undefined : this.rows.value.find((row) => row.student.id === student);
  }

  get done(): number {
    return this.asked.value.filter((row) => row.complete).length;
  }

  /** Started, but a required text is missing. */
  get incomplete(): Row[] {
    return this.asked.value.filter((row) => !row.complete && row.content.stoplight !== null);
  }

  get unrated(): Row[] {
    return this.asked.value.filter((row) => row.writable && row.content.stoplight === null);
  }

  get canUndo(): boolean {
    return this.changes.value.length > 0;
  }

  private put(row: Row, content: Content, rest: number): void {
    const { round, group } = this.sheet.value;
    void this.outbox.write(
      {
        place: this.place(row.student.id),
        label: { student: row.student.name, group: groupTitle(group), round: round.name },
        content,
        known: row.server,
        was_complete: missing(round.required, row.server.content).length === 0,
        complete: missing(round.required, content).length === 0,
      },
      rest,
    );
  }

  /** Sets the stoplight, and nothing else happens. */
  choose(student: string, light: Stoplight): Row | undefined {
    const row = this.row(student);
    if (!row?.writable) return undefined;
    if (light !== row.content.stoplight) {
      this.changes.value = [...this.changes.value, [{ student, before: row.content.stoplight, after: light }]];
      this.put(row, { ...row.content, stoplight: light }, TAP_REST_MS);
      navigator.vibrate?.(12);
    }
    return this.row(student);
  }

  /**
   * Gives a stoplight. Answers whether a text has to be written, or a colleague's to be read, first; then the sheet is
   * open, else the next card is there.
   *
   * @param stay The student stays in front, as in the list and the table; nothing opens.
   */
  rate(student: string, light: Stoplight, stay = false): 'write' | 'next' | 'no' {
    const leads = stay ? 'stay' : 'next';
    if (this.unread(student)) {
      this.open(student, leads);
      return 'write';
    }
    const over = this.row(student)?.by;
    const row = this.choose(student, light);
    if (!row) return 'no';
    this.last.value = student;
    const said = { name: row.student.name, light: stoplightName(light) };
    if (!row.complete || (over && !row.by)) {
      announce(t(row.complete ? 'rate.said_over' : 'rate.said_write', said));
      if (!stay) this.open(student, leads);
      return 'write';
    }
    if (stay) announce(t('rate.said', said));
    else this.next(student, `${t('rate.said', said)} `);
    return 'next';
  }

  write(student: string, change: Partial<Content>): void {
    const row = this.row(student);
    if (!row?.writable) return;
    this.typing = student;
    this.put(row, { ...row.content, ...change }, TYPING_REST_MS);
  }

  /** Nobody types here any more: what is newer shows. */
  settled(student: string): void {
    this.outbox.flush(this.place(student));
    this.typing = null;
    this.held.value = null;
  }

  /** Opens the text sheet; where two texts met, that is asked first. */
  open(student: string, leads: 'next' | 'stay'): void {
    if (this.row(student)?.waiting?.trouble?.kind === 'stale') {
      this.compare(student);
      return;
    }
    this.news.delete(student);
    this.pace(() =>
      atOnce(() => {
        this.writing.value = { student, leads };
      }),
    );
  }

  compare(student: string): void {
    this.comparing.value = student;
  }

  clock(student: string): void {
    this.clockOf.value = student;
  }

  get historyPath(): string {
    const { round, group } = this.sheet.value;
    return `/rounds/${round.id}/groups/${group.id}/history`;
  }

  private unread(student: string): boolean {
    return Date.now() - (this.news.get(student) ?? 0) < UNREAD_MS;
  }

  /** Whether giving this stoplight would leave the card: nothing is missing then. */
  wouldGoOn(student: string, light: Stoplight): boolean {
    const row = this.row(student);
    if (!row?.writable || (row.by && light !== row.content.stoplight) || this.unread(student)) return false;
    return missing(this.sheet.value.round.required, { ...row.content, stoplight: light }).length === 0;
  }

  /** The sheet is closed: what stands there goes, and the next student comes. */
  written(): void {
    const at = this.writing.value;
    if (!at) return;
    this.writing.value = null;
    this.settled(at.student);
    if (at.leads === 'next') this.pace(() => this.next(at.student));
  }

  /** Who comes after this one: the next who is still to do, and round again. */
  following(after: string): Row | undefined {
    const rows = this.asked.value;
    const from = rows.findIndex((row) => row.student.id === after) + 1;
    const order = [...rows.slice(from), ...rows.slice(0, Math.max(0, from - 1))];
    // Who lacks a text was just here; those who have nothing yet come first.
    return (
      order.find((row) => row.content.stoplight === null) ??
      order.find((row) => !row.complete && this.after(row, after))
    );
  }

  /** Shows who comes after this one. */
  next(after: string, said = ''): void {
    this.show(this.following(after)?.student.id ?? null, 'stack', said);
  }

  /** Incomplete students are not offered again and again in one go: only those further down the list. */
  private after(row: Row, student: string): boolean {
    const ids = this.asked.value.map((one) => one.student.id);
    return ids.indexOf(row.student.id) > ids.indexOf(student);
  }

  /** Puts a student on the card. */
  show(student: string | null, arrival: 'stack' | 'back' = 'stack', said = ''): void {
    this.arrival.value = arrival;
    this.current.value = student;
    const row = this.row(student);
    const rows = this.asked.value;
    announce(
      said +
        (row
          ? t('rate.said_now', { name: row.student.name, i: rows.indexOf(row) + 1, n_all: rows.length })
          : t('rate.said_done')),
    );
  }

  /** One step along the cards, whether rated or not. */
  step(by: 1 | -1): void {
    const rows = this.asked.value;
    if (rows.length === 0) return;
    const at = rows.findIndex((row) => row.student.id === this.current.value);
    const to = at < 0 ? (by > 0 ? 0 : rows.length - 1) : (at + by + rows.length) % rows.length;
    this.show(rows[to]?.student.id ?? null, by > 0 ? 'stack' : 'back');
  }

  /** What could be undone when the app was last open comes before what can be undone now. */
  recall(changes: readonly (readonly Change[])[]): void {
    this.changes.value = [...changes, ...this.changes.value];
  }

  /** Takes the last stoplight (or the last "all others") back, also when it was sent already. */
  undo(): void {
    const all = this.changes.value;
    const batch = all.at(-1);
    if (!batch) return;
    this.changes.value = all.slice(0, -1);
    for (const { student, before, after } of batch) {
      const row = this.row(student);
      // What was chosen after that, here or by a colleague, stays, and so do the words.
      if (row?.writable && row.content.stoplight === after) this.put(row, { ...row.content, stoplight: before }, 0);
    }
    this.last.value = null;
    this.writing.value = null;
    const first = batch[0]?.student ?? null;
    const name = this.row(first)?.student.name ?? '';
    const said = batch.length > 1 ? t('rate.said_undone_many', { n: batch.length }) : t('rate.said_undone', { name });
    this.show(first, 'back', `${said} `);
  }

  /** Everybody who has nothing yet: *Ga zo door*. Answers how many that were. */
  othersOnTrack(): number {
    const batch = this.unrated.map((row): Change => {
      this.put(row, { ...row.content, stoplight: 'on_track' }, TAP_REST_MS);
      return { student: row.student.id, before: null, after: 'on_track' };
    });
    if (batch.length === 0) return 0;
    this.changes.value = [...this.changes.value, batch];
    this.last.value = null;
    this.show(this.start(), 'stack', `${t('rate.said_others', { n: batch.length })} `);
    return batch.length;
  }
}

const ratings = new Map<string, Rating>();

const nameIn = (outbox: Outbox, { round, group }: GroupSheet) => `${outbox.person} ${round.id} ${group.id}`;

/** A fresh page of this group is about to be shown. */
export function arrived(outbox: Outbox, fresh: GroupSheet): void {
  ratings.get(nameIn(outbox, fresh))?.arrives?.(fresh);
}

/** The rating of this group, where one left it. */
export function ratingOf(outbox: Outbox, sheet: GroupSheet): Rating {
  const name = nameIn(outbox, sheet);
  let found = ratings.get(name);
  if (!found || found.outbox !== outbox) {
    found = new Rating(outbox, sheet);
    ratings.set(name, found);
  } else if (found.current.peek() === null && found.done < found.asked.peek().length) {
    found.current.value = found.start();
  }
  return found;
}
