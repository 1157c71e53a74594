import type { Choice } from './answers';
import {
  type Content,
  type Edit,
  edited,
  type Known,
  type Label,
  nameOf,
  newest,
  type Place,
  refreshed,
  type Step,
  same,
  type Waiting,
} from './conflict';
import type { Outcome, Sender, SenderOptions } from './sender';
import { type ReadonlySignal, signal } from './signals';
import { type Id, MemoryStore, type Store } from './store';

export { nameOf };

/** What sends, and what is decided about answers; fetched after the first card stands (my-sender.ts). */
export interface Sending {
  answers: Pick<typeof import('./answers'), 'chosen' | 'retried'>;
  sender: (options: Pick<Required<SenderOptions>, 'person' | 'store' | 'resting' | 'told'>) => Sender;
}

export interface OutboxOptions {
  person: string;
  store: Store;
  /** Fetches what sends. May fail, and is asked again then. */
  sending: () => Promise<Sending>;
  /** Tells the other pages of this person that the store has changed. */
  changed?: () => void;
  uuid?: () => string;
  now?: () => number;
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

/** Before what sends is asked for once more, when it could not be fetched. */
const FETCH_AGAIN_MS = 10_000;

/**
 * The texts of one person that the server does not have yet, on this device.
 *
 * `write` changes what is shown at once and stores it, whether or not what sends has come; that reads the same store
 * (sender.ts). What is decided at each step stands in conflict.ts and answers.ts.
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
  /** Steps under way by name: each text's steps are laid down in the order they were taken. */
  private readonly chains = new Map<string, Promise<unknown>>();
  /** Texts being typed, and how to call off the end of their rest. No clock is asked: it may be set back. */
  private readonly resting = new Map<string, () => void>();
  /** Texts that changed since the store was last asked for all of them. */
  private touched = new Set<string>();
  private readonly options: Required<Omit<OutboxOptions, 'person' | 'store'>>;
  private fetched: Promise<Sending> | undefined;
  private sender: Sender | undefined;
  private looking: Promise<void> | undefined;
  private lookAgain = false;
  private callOff: () => void = () => undefined;
  private closed = false;

  constructor({ person, store, ...options }: OutboxOptions) {
    this.person = person;
    this.store = store;
    this.options = {
      changed: () => undefined,
      uuid: () => crypto.randomUUID(),
      now: () => Date.now(),
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
    await this.look();
    this.opened.value = true;
  }

  /** Reads what another page, or the service worker, has changed. */
  look(): Promise<void> {
    this.lookAgain = true;
    this.looking ??= this.readAll().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async readAll(): Promise<void> {
    // Whoever asks while one reading is under way may have come too late for it: one more follows.
    while (this.lookAgain) {
      this.lookAgain = false;
      await this.read();
    }
  }

  private async read(): Promise<void> {
    this.touched = new Set();
    try {
      const [waiting, known] = await Promise.all([this.store.waiting(this.person), this.store.known(this.person)]);
      // What changed here while this was read is newer.
      const items = new Map(waiting.map((item) => [nameOf(item), item]));
      for (const name of [...this.touched, ...this.chains.keys()]) {
        const item = this.shown.value.get(name);
        if (item) items.set(name, item);
        else items.delete(name);
      }
      this.shown.value = items;
      const facts = new Map(this.facts.value);
      for (const [id, fact] of known) facts.set(nameOfId(id), newest(fact, facts.get(nameOfId(id))));
      this.facts.value = facts;
    } catch {
      this.fallBack();
    }
  }

  /**
   * Takes a text. It is shown at once; the promise ends when it is stored.
   *
   * @param rest Milliseconds to wait before sending, so that a word being typed is not sent letter by letter.
   */
  write(write: Write, rest = 0): Promise<void> {
    const name = nameOf(write.place);
    const item = this.shown.value.get(name) ?? null;
    const known = newest(write.known, this.facts.value.get(name));
    const edit: Edit = {
      ...write,
      known,
      person: this.person,
      before: item?.content ?? known.content,
      key: this.options.uuid(),
      now: this.options.now(),
    };
    this.show(name, edited(item, edit).item);
    this.unstored.value = new Set(this.unstored.value).add(name);
    this.rest(name, rest);
    return this.change(this.id(write.place), (stored, facts) => edited(stored, edit, facts)).then(() => {
      if (!this.resting.has(name)) void this.drain();
    });
  }

  private rest(name: string, ms: number): void {
    this.resting.get(name)?.();
    this.resting.delete(name);
    if (ms === 0) return;
    const callOff = this.options.later(() => {
      this.resting.delete(name);
      void this.drain();
    }, ms);
    this.resting.set(name, callOff);
  }

  /** Sends this text (or all of them) without waiting for more typing. */
  flush(place?: Place): void {
    for (const name of place ? [nameOf(place)] : [...this.resting.keys()]) this.rest(name, 0);
    void this.drain();
  }

  /** The writer has compared both texts, as they are shown now. */
  async choose(place: Place, choice: Choice): Promise<void> {
    const shown = this.shown.value.get(nameOf(place));
    const [key, now] = [this.options.uuid(), this.options.now()];
    if (shown?.trouble?.kind !== 'stale') return;
    const seen = { theirs: shown.trouble.current.version, mine: shown.content };
    const { answers } = await this.fetch();
    await this.change(this.id(place), (item, known) => answers.chosen(item, known, choice, seen, key, now));
    await this.drain();
  }

  /** Sends a refused text once more. */
  async retry(place: Place): Promise<void> {
    const key = this.options.uuid();
    const { answers } = await this.fetch();
    await this.change(this.id(place), (item) => answers.retried(item, key));
    await this.drain();
  }

  /** Lets a text go, as it is shown now; only ever at the writer's own word. */
  async discard(place: Place): Promise<void> {
    const seen = this.shown.value.get(nameOf(place));
    await this.change(this.id(place), (item) => ({
      item: item && seen && same(item.content, seen.content) ? null : item,
    }));
  }

  /** A page that was fetched now tells what the server has. */
  async refresh(place: Place, server: Known): Promise<void> {
    const name = nameOf(place);
    const fact = this.facts.value.get(name);
    if (!fact && !this.shown.value.has(name)) return;
    await this.change(this.id(place), (item, known) => refreshed(item, known, server));
    if ((this.facts.value.get(name)?.version ?? Number.POSITIVE_INFINITY) > server.version) return;
    const facts = new Map(this.facts.value);
    facts.delete(name);
    this.facts.value = facts;
  }

  /** Goes on after signing in, on `online`, or when the page becomes visible. */
  async resume(): Promise<void> {
    this.out.value = false;
    await (await this.courier())?.resume();
  }

  /** Sends what can be sent. Safe to call at any time; ends when nothing can be sent now. */
  async drain(): Promise<void> {
    await (await this.courier())?.wake();
  }

  /** Stops sending; what waits stays stored. */
  close(): void {
    this.closed = true;
    this.callOff();
    for (const callOff of this.resting.values()) callOff();
    this.sender?.close();
  }

  private fetch(): Promise<Sending> {
    this.fetched ??= this.options.sending().catch((error: unknown) => {
      this.fetched = undefined;
      throw error;
    });
    return this.fetched;
  }

  /** What sends for this outbox; undefined while it cannot be had. */
  private async courier(): Promise<Sender | undefined> {
    try {
      const { sender } = await this.fetch();
      if (this.closed) return undefined;
      this.sender ??= sender({
        person: this.person,
        store: this.door,
        resting: (name) => this.resting.has(name),
        told: (outcome) => this.told(outcome),
      });
      return this.sender;
    } catch {
      this.callOff();
      if (!this.closed) this.callOff = this.options.later(() => void this.drain(), FETCH_AGAIN_MS);
      return undefined;
    }
  }

  private told(outcome: Outcome): void {
    this.out.value = outcome.kind === 'signed-out';
  }

  /** The store as the sender sees it: its steps take their turn among those of the writer, and are shown. */
  private readonly door: SenderOptions['store'] = {
    waiting: (person) => this.store.waiting(person).catch(() => this.fallBack().waiting(person)),
    change: (id, step) => this.change(id, step),
  };

  private id(place: Place): Id {
    return [this.person, place.round, place.group, place.student];
  }

  /** One step on one text, after all earlier ones. */
  private change(id: Id, step: (item: Waiting | null, known: Known | null) => Step): Promise<Step> {
    const name = nameOfId(id);
    let moved = false;
    const watched: typeof step = (item, known) => {
      const next = step(item, known);
      moved = next.item !== item || next.known !== undefined;
      return next;
    };
    const run = (this.chains.get(name) ?? Promise.resolve()).then(async () => {
      // A store that refuses keeps nothing of the step, even when it has run.
      const done = await this.store.change(id, watched).catch(() => this.fallBack().change(id, watched));
      this.touched.add(name);
      if (done.known)
        this.facts.value = new Map(this.facts.value).set(name, newest(done.known, this.facts.value.get(name)));
      // While newer words are on their way to the store, they are what is shown.
      if (this.chains.get(name) === run) {
        this.chains.delete(name);
        this.show(name, done.item);
        const unstored = new Set(this.unstored.value);
        if (unstored.delete(name)) this.unstored.value = unstored;
      }
      if (moved) this.options.changed();
      return done;
    });
    this.chains.set(name, run);
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

function nameOfId([, round, group, student]: Id): string {
  return nameOf({ round, group, student });
}

function partsOf(name: string): [string, string, string] {
  const [round, group, student] = name.split(',') as [string, string, string];
  return [round, group, student];
}
