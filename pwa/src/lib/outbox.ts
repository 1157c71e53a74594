import { type ReadonlySignal, signal } from '@preact/signals';
import {
  type Answer,
  type Attempt,
  answered,
  attempted,
  type Choice,
  type Content,
  chosen,
  type Edit,
  edited,
  type Known,
  type Label,
  type Place,
  refreshed,
  retried,
  type Step,
  sendable,
  type Waiting,
} from './conflict';
import { type Id, idOf, MemoryStore, type Store } from './local';

export interface OutboxOptions {
  person: string;
  store: Store;
  /** Sends one text once; never throws. */
  send: (place: Place, attempt: Attempt) => Promise<Answer>;
  uuid?: () => string;
  now?: () => number;
  random?: () => number;
  /** Runs `job` after `ms`; answers with a way to call it off. */
  later?: (job: () => void, ms: number) => () => void;
}

export interface Write {
  place: Place;
  label: Label;
  content: Content;
  known: Known;
  was_complete: boolean;
  complete: boolean;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/** Waits longer after each failure, and never all phones of a school at the same moment. */
export function backoff(failures: number, random: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures) * (0.5 + random / 2);
}

/**
 * The texts of one person that the server does not have yet, on this device.
 *
 * `write` changes what is shown at once and stores it; `drain` sends what is stored, one text at a time. What is decided
 * at each step stands in conflict.ts.
 */
export class Outbox {
  readonly person: string;
  private store: Store;
  private readonly shown = signal<ReadonlyMap<string, Waiting>>(new Map());
  private readonly facts = signal<ReadonlyMap<string, Known>>(new Map());
  private readonly unstored = signal<ReadonlySet<string>>(new Set());
  private readonly refuses = signal(false);
  private readonly out = signal(false);
  private readonly opened = signal(false);
  private readonly pending = new Map<string, number>();
  private readonly resting = new Map<string, number>();
  private readonly options: Required<Omit<OutboxOptions, 'person' | 'store'>>;
  private chain: Promise<unknown> = Promise.resolve();
  private draining: Promise<void> | null = null;
  private again = false;
  private failures = 0;
  private callOff: (() => void) | undefined;
  private closed = false;

  constructor({ person, store, ...options }: OutboxOptions) {
    this.person = person;
    this.store = store;
    this.options = {
      uuid: () => crypto.randomUUID(),
      now: () => Date.now(),
      random: () => Math.random(),
      later: (job, ms) => {
        const timer = setTimeout(job, ms);
        return () => clearTimeout(timer);
      },
      ...options,
    };
  }

  /** All waiting texts by `round,group,student`. */
  get items(): ReadonlySignal<ReadonlyMap<string, Waiting>> {
    return this.shown;
  }

  /** What the server was last known to have, for texts that were sent from here, by the same names. */
  get known(): ReadonlySignal<ReadonlyMap<string, Known>> {
    return this.facts;
  }

  /** True once what waited from an earlier visit is known. */
  get ready(): ReadonlySignal<boolean> {
    return this.opened;
  }

  /** True when the device refuses to store: texts live on this page only, until the server has them. */
  get memoryOnly(): ReadonlySignal<boolean> {
    return this.refuses;
  }

  /** True after a 401, until `resume`. */
  get signedOut(): ReadonlySignal<boolean> {
    return this.out;
  }

  /** True when this text is on the device (and not only on its way there). */
  stored(place: Place): boolean {
    return !this.unstored.value.has(nameOf(place)) && !this.refuses.value;
  }

  /** Reads what waited from an earlier visit. */
  async open(): Promise<void> {
    try {
      const [waiting, known] = await Promise.all([this.store.waiting(this.person), this.store.known(this.person)]);
      // What was written while this was read is newer.
      const items = new Map(waiting.map((item) => [nameOf(item), item]));
      for (const [name, item] of this.shown.value) items.set(name, item);
      this.shown.value = items;
      this.facts.value = new Map([
        ...known.map(([id, facts]): [string, Known] => [nameOfId(id), facts]),
        ...this.facts.value,
      ]);
    } catch {
      this.fallBack();
    }
    this.opened.value = true;
  }

  /**
   * Takes a text. It is shown at once; the promise ends when it is stored.
   *
   * @param rest Milliseconds to wait before sending, so that a word being typed is not sent letter by letter.
   */
  write(write: Write, rest = 0): Promise<void> {
    const edit: Edit = { ...write, person: this.person, key: this.options.uuid(), now: this.options.now() };
    const name = nameOf(write.place);
    const before = this.shown.value.get(name) ?? null;
    this.show(name, edited(before, { ...edit, known: newest(edit.known, this.facts.value.get(name)) }).item);
    this.unstored.value = new Set([...this.unstored.value, name]);
    this.resting.set(name, edit.now + rest);
    const stored = this.change(this.id(write.place), (item, known) =>
      edited(item, { ...edit, known: newest(edit.known, known) }),
    ).then(() => undefined);
    void stored.then(() => this.schedule(rest));
    return stored;
  }

  /** Sends this text without waiting for more typing. */
  flush(place: Place): void {
    this.resting.delete(nameOf(place));
    void this.drain();
  }

  /** The writer has compared both texts. */
  async choose(place: Place, choice: Choice): Promise<void> {
    const [key, now] = [this.options.uuid(), this.options.now()];
    await this.change(this.id(place), (item) => (item ? chosen(item, choice, key, now) : { item }));
    void this.drain();
  }

  /** Sends a refused text once more. */
  async retry(place: Place): Promise<void> {
    const key = this.options.uuid();
    await this.change(this.id(place), (item) => (item ? retried(item, key) : { item }));
    void this.drain();
  }

  /** Lets a text go; only ever at the writer's own word. */
  async discard(place: Place): Promise<void> {
    await this.change(this.id(place), () => ({ item: null }));
  }

  /** A page that was fetched now tells what the server has. */
  async refresh(place: Place, server: Known): Promise<void> {
    const name = nameOf(place);
    const facts = this.facts.value.get(name);
    if (facts && facts.version <= server.version) {
      const next = new Map(this.facts.value);
      next.delete(name);
      this.facts.value = next;
      await this.store.forget(this.id(place)).catch(() => this.fallBack());
    }
    if (this.shown.value.has(name)) {
      await this.change(this.id(place), (item) => (item ? refreshed(item, server) : { item }));
    }
  }

  /** Goes on after signing in, on `online`, or when the page becomes visible. */
  resume(): Promise<void> {
    this.out.value = false;
    this.failures = 0;
    return this.drain();
  }

  /** Sends what can be sent. Safe to call at any time; ends when nothing can be sent now. */
  drain(): Promise<void> {
    this.again = true;
    this.draining ??= this.run().finally(() => {
      this.draining = null;
    });
    return this.draining;
  }

  /** Stops sending; what waits stays stored. */
  close(): void {
    this.closed = true;
    this.callOff?.();
  }

  private async run(): Promise<void> {
    // Texts are stored before they are sent.
    await this.chain;
    while (this.again && !this.closed && !this.out.value) {
      this.again = false;
      const seen = new Set<string>();
      for (let item = this.next(seen); item; item = this.next(seen)) {
        seen.add(nameOf(item));
        const answer = await this.sendOne(item);
        if (answer === 'lost') {
          this.schedule(backoff(this.failures, this.options.random()));
          this.failures += 1;
          return;
        }
        if (answer === 'signed-out') {
          this.out.value = true;
          return;
        }
        if (this.closed) return;
        this.failures = 0;
        // Newer words, or a version to build on: this text gets another turn.
        const left = this.shown.value.get(nameOf(item));
        if (left && !left.trouble) this.again = true;
      }
    }
    const rest = this.soonest();
    if (rest !== undefined) this.schedule(rest);
  }

  private async sendOne(item: Waiting): Promise<Answer['kind'] | 'nothing'> {
    const id = idOf(item);
    const { item: begun } = await this.change(id, (now) => ({
      item: now && !now.trouble && (now.attempt || sendable(now.content)) ? attempted(now) : now,
    }));
    const attempt = begun?.attempt;
    if (!begun || !attempt || begun.trouble) return 'nothing';
    const answer = await this.options.send(begun, attempt);
    await this.change(id, (now) => answered(now, attempt, answer));
    return answer.kind;
  }

  /** The oldest text that may be sent now. */
  private next(seen: ReadonlySet<string>): Waiting | undefined {
    const now = this.options.now();
    return [...this.shown.value.values()]
      .filter((item) => this.goes(item) && !seen.has(nameOf(item)) && (this.resting.get(nameOf(item)) ?? 0) <= now)
      .sort((a, b) => a.edited_at - b.edited_at)[0];
  }

  private goes(item: Waiting): boolean {
    return !item.trouble && (item.attempt !== null || sendable(item.content));
  }

  /** Milliseconds until a resting text may be sent. */
  private soonest(): number | undefined {
    const now = this.options.now();
    const rests = [...this.shown.value.values()]
      .filter((item) => this.goes(item))
      .map((item) => (this.resting.get(nameOf(item)) ?? 0) - now)
      .filter((rest) => rest > 0);
    return rests.length ? Math.min(...rests) : undefined;
  }

  private schedule(ms: number): void {
    if (this.closed) return;
    this.callOff?.();
    this.callOff = this.options.later(() => void this.drain(), ms);
  }

  private id(place: Place): Id {
    return [this.person, place.round, place.group, place.student];
  }

  /** One step on one text, after all earlier ones. */
  private change(id: Id, step: (item: Waiting | null, known: Known | null) => Step): Promise<Step> {
    const name = nameOfId(id);
    this.pending.set(name, (this.pending.get(name) ?? 0) + 1);
    const run = this.chain.then(async () => {
      let done: Step;
      try {
        done = await this.store.change(id, step);
      } catch {
        // The step may have run inside the failed transaction; nothing of it was kept.
        done = await this.fallBack().change(id, step);
      }
      const left = (this.pending.get(name) ?? 1) - 1;
      this.pending.set(name, left);
      if (done.known) this.facts.value = new Map(this.facts.value).set(name, done.known);
      // While newer words are on their way to the store, they are what is shown.
      if (left === 0) {
        this.show(name, done.item);
        const unstored = new Set(this.unstored.value);
        if (unstored.delete(name)) this.unstored.value = unstored;
      }
      return done;
    });
    this.chain = run;
    return run;
  }

  private show(name: string, item: Waiting | null): void {
    const before = this.shown.value;
    if ((before.get(name) ?? null) === item) return;
    const next = new Map(before);
    if (item) next.set(name, item);
    else next.delete(name);
    this.shown.value = next;
  }

  /** The device refuses to store: go on in memory with what is shown, and say so. */
  private fallBack(): Store {
    if (!this.refuses.value) {
      this.refuses.value = true;
      this.store = new MemoryStore(
        this.shown.value.values(),
        [...this.facts.value].map(([name, facts]): [Id, Known] => [[this.person, ...partsOf(name)], facts]),
      );
    }
    return this.store;
  }
}

export function nameOf(place: Place): string {
  return `${place.round},${place.group},${place.student}`;
}

function nameOfId([, round, group, student]: Id): string {
  return `${round},${group},${student}`;
}

function partsOf(name: string): [string, string, string] {
  const [round = '', group = '', student = ''] = name.split(',');
  return [round, group, student];
}

function newest(page: Known, stored: Known | null | undefined): Known {
  return stored && stored.version > page.version ? stored : page;
}
