import * as answers from '../src/lib/answers';
import { type Content, EMPTY, type Known, nameOf, type Place } from '../src/lib/conflict';
import { Outbox } from '../src/lib/outbox';
import { type Outcome, type Send, Sender } from '../src/lib/sender';
import { MemoryStore, type Store } from '../src/lib/store';
import { reply, type Server } from './outbox-server';

export const PLACE: Place = { round: 'r', group: 'g', student: 's' };
export const LABEL = { student: '', group: '', round: '' };

/** How the line to the server behaves for the next request; a number is what the server answers instead of working. */
export type Weather = 'fine' | 'no-request' | 'no-answer' | 'twice' | number;

/** One page of one person in one browser; its store outlives the page. */
export class Device {
  weather: Weather[] = [];
  outbox: Outbox;
  outcomes: Outcome[] = [];
  /** Who is signed in in this browser; the page's own person unless told otherwise. */
  session: string | null | undefined;
  /** Answers arrive only after this. */
  gate: Promise<void> | null = null;
  /** What waits for its moment, with how long. */
  timers: { job: () => void; ms: number }[] = [];
  private fresh = 0;
  /** The copy of the page on this device, which may be old. */
  private readonly pages = new Map<string, Known>();

  constructor(
    readonly name: string,
    readonly server: Server,
    public person: string,
    readonly store: Store = new MemoryStore(),
  ) {
    this.outbox = this.start();
  }

  private readonly later = (job: () => void, ms: number) => {
    const timer = { job, ms };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((one) => one !== timer);
    };
  };

  /** The moment of everything that waits has come. */
  pass(): void {
    const due = this.timers;
    this.timers = [];
    for (const { job } of due) job();
  }

  send(person: string): Send {
    return async (path, body, headers) => {
      const weather = this.weather.shift() ?? 'fine';
      if (weather === 'no-request') throw new Error('away');
      if (typeof weather === 'number') return reply(weather, weather === 500 ? { type: '/problems/fault' } : undefined);
      const session = this.session === undefined ? person : this.session;
      const answer = this.server.put(session, path, body, headers);
      await this.gate;
      if (weather === 'no-answer') throw new Error('away');
      return weather === 'twice' ? this.server.put(session, path, body, headers) : answer;
    };
  }

  private start(): Outbox {
    const { person } = this;
    const uuid = () => `${this.name}-${++this.fresh}`;
    return new Outbox({
      person,
      store: this.store,
      uuid,
      now: () => 0,
      later: this.later,
      sending: async () => ({
        answers,
        sender: (options) =>
          new Sender({
            ...options,
            uuid,
            random: () => 0,
            later: this.later,
            send: this.send(person),
            lock: (job) => job(),
            told: (outcome) => {
              this.outcomes.push(outcome);
              options.told(outcome);
            },
          }),
      }),
    });
  }

  /** The page is killed, and opened again by this person. */
  async restart(person = this.person): Promise<void> {
    this.outbox.close();
    this.timers = [];
    this.person = person;
    this.outbox = this.start();
    await this.outbox.open();
  }

  /** What the screen shows: the waiting text, else what the server is known to have. */
  shown(place: Place): Content {
    return this.outbox.items.value.get(nameOf(place))?.content ?? this.page(place).content;
  }

  page(place: Place): Known {
    const page = this.pages.get(nameOf(place)) ?? { version: 0, content: EMPTY };
    const known = this.outbox.known.value.get(nameOf(place));
    return known && known.version > page.version ? known : page;
  }

  async fetch(place: Place): Promise<void> {
    const { version, content } = this.server.row(place);
    this.pages.set(nameOf(place), { version, content });
    await this.outbox.refresh(place, { version, content });
  }

  write(change: Partial<Content>, place = PLACE, rest = 0): Promise<void> {
    return this.outbox.write(
      {
        place,
        label: LABEL,
        content: { ...this.shown(place), ...change },
        known: this.page(place),
        was_complete: false,
        complete: true,
      },
      rest,
    );
  }

  get item() {
    return this.outbox.items.value.get(nameOf(PLACE));
  }
}
