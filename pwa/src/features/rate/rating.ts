import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type Stoplight, stoplightName } from '../../components';
import { announce } from '../../lib/announce';
import { type Content, contentOf, EMPTY, type Known, type Waiting } from '../../lib/conflict';
import { t } from '../../lib/i18n';
import { nameOf, type Outbox } from '../../lib/outbox';
import { groupTitle } from './group-title';
import { type Missing, missing, reverted } from './required';
import type { GroupSheet, Pair, StudentCard } from './types';

/** Milliseconds of rest before a text that is being typed is sent. */
const TYPING_REST_MS = 1200;
/** A tap may be taken back right away; then nothing was sent. */
const TAP_REST_MS = 700;

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
  /** Name of the colleague whose text this is; null for one's own. */
  by: string | null;
}

interface Change {
  student: string;
  before: Content;
  after: Content;
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
  /** The student rated just now. */
  readonly last = signal<string | null>(null);
  readonly view = signal<'cards' | 'list'>('cards');
  /** How the card on top came: new from the stack, or brought back. */
  readonly arrival = signal<'stack' | 'back'>('stack');
  private readonly changes = signal<readonly Change[][]>([]);

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
    const server = own ? sent : page;
    const waiting = this.outbox.items.value.get(name) ?? null;
    const content = waiting?.content ?? server.content;
    const lacks = missing(round.required, content);
    const author = pair.feedback?.author;
    return {
      student: pair.student,
      pair,
      content,
      server,
      waiting,
      missing: lacks,
      complete: lacks.length === 0,
      writable: open && pair.state === 'expected',
      by: author && author.id !== this.outbox.person && !own && !waiting ? author.name : null,
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
        was_complete: row.pair.feedback?.complete ?? false,
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
      const after: Content = { ...row.content, stoplight: light };
      this.changes.value = [...this.changes.value, [{ student, before: row.content, after }]];
      this.put(row, after, TAP_REST_MS);
      navigator.vibrate?.(12);
    }
    return this.row(student);
  }

  /**
   * Gives a stoplight. Answers whether a text has to be written first; then the sheet is open, else the next card is
   * there.
   *
   * @param stay The student stays in front, as in the list and the table; nothing opens.
   */
  rate(student: string, light: Stoplight, stay = false): 'write' | 'next' | 'no' {
    const row = this.choose(student, light);
    if (!row) return 'no';
    this.last.value = student;
    const said = { name: row.student.name, light: stoplightName(light) };
    if (!row.complete) {
      announce(t('rate.said_write', said));
      if (!stay) this.writing.value = { student, leads: 'next' };
      return 'write';
    }
    if (stay) announce(t('rate.said', said));
    else this.next(student, `${t('rate.said', said)} `);
    return 'next';
  }

  write(student: string, change: Partial<Content>): void {
    const row = this.row(student);
    if (row?.writable) this.put(row, { ...row.content, ...change }, TYPING_REST_MS);
  }

  /** Opens the text sheet; where two texts met, that is asked first. */
  open(student: string, leads: 'next' | 'stay'): void {
    if (this.row(student)?.waiting?.trouble?.kind === 'stale') this.compare(student);
    else this.writing.value = { student, leads };
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

  /** Whether giving this stoplight would leave the card: nothing is missing then. */
  wouldGoOn(student: string, light: Stoplight): boolean {
    const row = this.row(student);
    return (
      !!row?.writable && missing(this.sheet.value.round.required, { ...row.content, stoplight: light }).length === 0
    );
  }

  /** The sheet is closed: what stands there goes, and the next student comes. */
  written(): void {
    const at = this.writing.value;
    if (!at) return;
    this.writing.value = null;
    this.outbox.flush(this.place(at.student));
    if (at.leads === 'next') this.next(at.student);
  }

  /** Shows the next student who is still to do, after this one and round again. */
  next(after: string, said = ''): void {
    const rows = this.asked.value;
    const from = rows.findIndex((row) => row.student.id === after) + 1;
    const order = [...rows.slice(from), ...rows.slice(0, Math.max(0, from - 1))];
    // Who lacks a text was just here; those who have nothing yet come first.
    const found =
      order.find((row) => row.content.stoplight === null) ??
      order.find((row) => !row.complete && this.after(row, after));
    this.show(found?.student.id ?? null, 'stack', said);
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

  /** Takes the last stoplight (or the last "all others") back, also when it was sent already. */
  undo(): void {
    const all = this.changes.value;
    const batch = all.at(-1);
    if (!batch) return;
    this.changes.value = all.slice(0, -1);
    for (const { student, before, after } of batch) {
      const row = this.row(student);
      if (row?.writable) this.put(row, reverted(row.content, before, after), 0);
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
      const after: Content = { ...row.content, stoplight: 'on_track' };
      this.put(row, after, TAP_REST_MS);
      return { student: row.student.id, before: row.content, after };
    });
    if (batch.length === 0) return 0;
    this.changes.value = [...this.changes.value, batch];
    this.last.value = null;
    this.show(this.start(), 'stack', `${t('rate.said_others', { n: batch.length })} `);
    return batch.length;
  }
}

const ratings = new Map<string, Rating>();

/** The rating of this group, where one left it. */
export function ratingOf(outbox: Outbox, sheet: GroupSheet): Rating {
  const name = `${outbox.person} ${sheet.round.id} ${sheet.group.id}`;
  let found = ratings.get(name);
  if (!found || found.outbox !== outbox) {
    found = new Rating(outbox, sheet);
    ratings.set(name, found);
  } else if (found.current.peek() === null && found.done < found.asked.peek().length) {
    found.current.value = found.start();
  }
  return found;
}
