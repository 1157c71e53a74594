/**
 * Sends what waits. Knows no page: the same loop runs in a window and in the service worker, over the same store.
 *
 * What is sent is laid down before it is sent, and what came of it is laid down after; so whoever is killed in between,
 * or runs at the same time, repeats the same attempt under the same key, and the server does it once.
 */

import { type Answer, answered, answerTo, attempted, type Reply, refusedWhole } from './answers';
import { type Attempt, contentOf, nameOf, type Place, type Waiting } from './conflict';
import { idOf, type Store } from './store';

/** One request: a PUT to a path behind `/api/v1`. Rejects when no answer came. */
export type Send = (path: string, body: unknown, headers: Record<string, string>) => Promise<Reply>;

/** What became of everything that could be sent. */
export type Outcome =
  | { kind: 'done' }
  /** Something is left for later. `busy`: the server wants to be left alone for a while, for `after` milliseconds if told. */
  | { kind: 'lost'; busy?: boolean; after?: number }
  | { kind: 'signed-out'; other: boolean };

export interface SenderOptions {
  person: string;
  store: Pick<Store, 'waiting' | 'change'>;
  send: Send;
  /** True for a text that is being typed: it goes a moment later. */
  resting?: (name: string) => boolean;
  /** Told at the end of each round of sending. */
  told?: (outcome: Outcome) => void;
  /** Lets one context at a time send for this person. */
  lock?: <T>(job: () => Promise<T>) => Promise<T>;
  uuid?: () => string;
  random?: () => number;
  /** Runs `job` after `ms`; answers with a way to call it off. */
  later?: (job: () => void, ms: number) => () => void;
}

/** How many texts of a group the server takes at once. */
const MOST_AT_ONCE = 50;
/** After this many faults in one go the server is left alone for a while. */
const MOST_FAULTS = 3;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
const LOCK_PATIENCE_MS = 30_000;

/** Waits longer after each failure, and never all phones of a school at the same moment. */
export function backoff(failures: number, random: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures) * (0.5 + random / 2);
}

export function afterwards(job: () => void, ms: number): () => void {
  const timer = setTimeout(job, ms);
  return () => clearTimeout(timer);
}

/**
 * One page or worker at a time sends for this person. A page that the phone froze with the lock in its hands is waited
 * for only so long: two at once are slower, never wrong. The same where there are no locks.
 */
export function oneAtATime(person: string): <T>(job: () => Promise<T>) => Promise<T> {
  return async (job) => {
    if (!navigator.locks) return job();
    const patience = new AbortController();
    const callOff = afterwards(() => patience.abort(), LOCK_PATIENCE_MS);
    let begun = false;
    const begin = () => {
      begun = true;
      callOff();
      return job();
    };
    try {
      return await navigator.locks.request(`driehoek-send-${person}`, { signal: patience.signal }, begin);
    } catch (error) {
      if (begun) throw error;
      return begin();
    }
  };
}

interface Begun {
  item: Waiting;
  attempt: Attempt;
}

export class Sender {
  private readonly options: Required<SenderOptions>;
  /** Texts whose group's request was refused whole: each goes by itself, so that it holds up nobody else. */
  private readonly alone = new Set<string>();
  /** How often the server failed on a text; those go last. */
  private readonly faults = new Map<string, number>();
  private running: Promise<void> | null = null;
  private again = false;
  private failures = 0;
  private out = false;
  private closed = false;
  private callOff: () => void = () => undefined;
  /** The server asked to be left alone. */
  private hushed = false;

  constructor(options: SenderOptions) {
    this.options = {
      resting: () => false,
      told: () => undefined,
      lock: oneAtATime(options.person),
      uuid: () => crypto.randomUUID(),
      random: () => Math.random(),
      later: afterwards,
      ...options,
    };
  }

  /** Sends what can be sent, and comes back to what could not. Safe to call at any time; ends when nothing goes now. */
  wake(): Promise<void> {
    this.again = true;
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  /** There is a new chance: signed in, online, visible. */
  resume(): Promise<void> {
    this.out = false;
    this.failures = 0;
    return this.wake();
  }

  /** Stops sending; what waits stays stored. */
  close(): void {
    this.closed = true;
    this.callOff();
  }

  private async run(): Promise<void> {
    while (this.again && !this.closed && !this.out && !this.hushed) {
      this.again = false;
      const outcome = await this.pass().catch((): Outcome => ({ kind: 'lost' }));
      this.out = outcome.kind === 'signed-out';
      if (outcome.kind === 'lost') this.wait(outcome);
      else this.failures = 0;
      this.options.told(outcome);
      if (outcome.kind !== 'done') return;
    }
  }

  private wait({ busy, after }: { busy?: boolean; after?: number }): void {
    if (this.closed) return;
    this.callOff();
    const ms = Math.max(after ?? 0, backoff(this.failures, this.options.random()));
    this.failures += 1;
    // A line that is away costs the server nothing, so any new chance is taken; a server that is busy is left alone.
    this.hushed = busy === true;
    this.callOff = this.options.later(() => {
      this.hushed = false;
      void this.wake();
    }, ms);
  }

  /** Everything that can be sent now, once. */
  pass(): Promise<Outcome> {
    return this.options.lock(() => this.sendAll());
  }

  private async sendAll(): Promise<Outcome> {
    const { person, store, resting } = this.options;
    const left = new Set<string>();
    let faults = 0;
    while (!this.closed) {
      const ready = (await store.waiting(person))
        .filter((item) => !item.trouble && !left.has(nameOf(item)) && !resting(nameOf(item)))
        .sort((a, b) => this.faultsOf(a) - this.faultsOf(b) || a.edited_at - b.edited_at);
      const [first] = ready;
      if (!first) break;
      let stop: Outcome | undefined;
      for (const [name, answer] of await this.sendSome(this.together(first, ready))) {
        if (answer.kind === 'lost' || answer.kind === 'signed-out') stop = answer;
        else if (answer.kind === 'fault' || answer.kind === 'key-used') {
          left.add(name);
          this.faults.set(name, (this.faults.get(name) ?? 0) + 1);
          faults += 1;
        } else {
          this.faults.delete(name);
          this.alone.delete(name);
        }
      }
      if (stop) return stop;
      if (faults >= MOST_FAULTS) return { kind: 'lost', busy: true };
    }
    return { kind: left.size > 0 ? 'lost' : 'done' };
  }

  private faultsOf(item: Waiting): number {
    return this.faults.get(nameOf(item)) ?? 0;
  }

  /** The texts that travel with this one: those of its group. */
  private together(first: Waiting, ready: readonly Waiting[]): Waiting[] {
    if (this.alone.has(nameOf(first))) return [first];
    return ready
      .filter(({ round, group }) => round === first.round && group === first.group)
      .filter((item) => !this.alone.has(nameOf(item)))
      .slice(0, MOST_AT_ONCE);
  }

  /** One request. Answers what became of each text, once that is laid down; nothing for those that have to go alone. */
  private async sendSome(items: readonly Waiting[]): Promise<[name: string, Answer][]> {
    const begun = (await Promise.all(items.map((item) => this.begin(item)))).filter((one) => one !== null);
    const [first] = begun;
    if (!first) return [];
    const answers = begun.length === 1 ? [await this.sendOne(first)] : await this.sendGroup(begun);
    const laid = begun.map(async ({ item, attempt }, i): Promise<[string, Answer][]> => {
      const answer = answers[i];
      if (!answer) return [];
      const key = this.options.uuid();
      await this.options.store.change(idOf(item), (now, known) => answered(now, known, attempt, answer, key));
      return [[nameOf(item), answer]];
    });
    return (await Promise.all(laid)).flat();
  }

  /** Lays down what is about to be sent; null when it changed its mind, or somebody else sent it, in the meantime. */
  private async begin({ person, round, group, student }: Waiting): Promise<Begun | null> {
    const { item } = await this.options.store.change([person, round, group, student], (now) => ({
      item: now && !now.trouble ? attempted(now) : now,
    }));
    return item?.attempt && !item.trouble ? { item, attempt: item.attempt } : null;
  }

  private async sendOne({ item, attempt: { key, base, content } }: Begun): Promise<Answer> {
    const reply = await this.put(`${groupOf(item)}/students/${item.student}/feedback`, contentOf(content), {
      'Idempotency-Key': key,
      'If-Match': `"${base}"`,
    });
    return reply ? answerTo(reply.status, reply.body, reply.headers) : { kind: 'lost' };
  }

  private async sendGroup(begun: readonly Begun[]): Promise<(Answer | undefined)[]> {
    const items = begun.map(({ item, attempt: { key, base, content } }) => ({
      student: item.student,
      key,
      version: base,
      ...contentOf(content),
    }));
    const reply = await this.put(`${groupOf((begun[0] as Begun).item)}/feedback`, { items }, {});
    if (!reply) return begun.map(() => ({ kind: 'lost' }));
    const { status, body, headers } = reply;
    const told = status < 400 ? itemsOf(body) : undefined;
    if (!told && status >= 400 && !refusedWhole(status)) return begun.map(() => answerTo(status, body, headers));
    return begun.map(({ item, attempt: { key } }) => {
      const mine = told?.get(key);
      if (mine?.saved) return answerTo(200, mine.saved);
      if (mine?.problem) return answerTo(mine.problem.status, mine.problem, headers);
      this.alone.add(nameOf(item));
      return undefined;
    });
  }

  private async put(path: string, body: unknown, headers: Record<string, string>): Promise<Reply | null> {
    try {
      return await this.options.send(path, body, { 'X-Driehoek-Person': this.options.person, ...headers });
    } catch {
      return null;
    }
  }
}

interface Told {
  key: string;
  saved: object | null;
  problem: { status: number } | null;
}

/** What the server said about each text of a group, by key. */
function itemsOf(body: unknown): Map<string, Told> {
  const items = (body as { items?: unknown } | undefined)?.items;
  return new Map((Array.isArray(items) ? (items as Told[]) : []).map((item) => [item.key, item]));
}

const groupOf = ({ round, group }: Place) => `/rounds/${round}/groups/${group}`;
