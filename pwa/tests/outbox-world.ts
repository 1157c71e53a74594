import { type Answer, type Attempt, type Content, contentOf, EMPTY, type Place, same } from '../src/lib/conflict';
import { MemoryStore, type Store } from '../src/lib/local';
import { Outbox } from '../src/lib/outbox';

export const PLACE: Place = { round: 'r', group: 'g', student: 's' };

/** The server's rules for one round, as far as the outbox can see them. */
export class Server {
  open = true;
  sessions = new Set(['ana', 'bo']);
  /** Every text that ever stood at a place, with who wrote it and over which version. */
  readonly log: { place: string; content: Content; author: string; over: number }[] = [];
  readonly late: { place: string; content: Content; author: string }[] = [];
  private readonly rows = new Map<string, { content: Content; version: number; author: string }>();
  private readonly keys = new Map<string, { body: string; answer: Answer }>();
  effects = new Map<string, number>();

  row(place: Place): { content: Content; version: number; author: string } {
    return this.rows.get(at(place)) ?? { content: EMPTY, version: 0, author: '' };
  }

  put(person: string, place: Place, { key, content, base }: Attempt): Answer {
    if (!this.sessions.has(person)) return { kind: 'signed-out' };
    const body = JSON.stringify([at(place), content]);
    const before = this.keys.get(`${person} ${key}`);
    if (before) return before.body === body ? before.answer : { kind: 'refused', title: 'key reused', detail: '' };
    if (!this.open) {
      this.late.push({ place: at(place), content, author: person });
      return { kind: 'closed', kept: true };
    }
    const row = this.row(place);
    if (row.version !== base) {
      const author = { id: row.author, name: row.author };
      return { kind: 'stale', current: { ...row.content, version: row.version, author } };
    }
    const answer: Answer = { kind: 'saved', version: row.version + 1, complete: true };
    this.rows.set(at(place), { content, version: row.version + 1, author: person });
    this.log.push({ place: at(place), content: contentOf(content), author: person, over: base });
    this.keys.set(`${person} ${key}`, { body, answer });
    this.effects.set(key, (this.effects.get(key) ?? 0) + 1);
    return answer;
  }
}

export const at = (place: Place) => `${place.round},${place.group},${place.student}`;

/** How the line to the server behaves for the next request. */
export type Weather = 'fine' | 'no-request' | 'no-answer' | 'twice';

/** One browser of one person; its store outlives the page. */
export class Device {
  weather: Weather[] = [];
  private fresh = 0;
  outbox: Outbox;
  /** Answers arrive only after this. */
  gate: Promise<void> | null = null;

  constructor(
    readonly name: string,
    readonly server: Server,
    public person: string,
    readonly store: Store = new MemoryStore(),
  ) {
    this.outbox = this.start();
  }

  private start(): Outbox {
    const { person } = this;
    return new Outbox({
      person,
      store: this.store,
      uuid: () => `${this.name}-${++this.fresh}`,
      now: () => 0,
      random: () => 0,
      later: () => () => undefined,
      send: async (place, attempt) => {
        const weather = this.weather.shift() ?? 'fine';
        if (weather === 'no-request') return { kind: 'lost' };
        const answer = this.server.put(person, place, attempt);
        await this.gate;
        if (weather === 'no-answer') return { kind: 'lost' };
        return weather === 'twice' ? this.server.put(person, place, attempt) : answer;
      },
    });
  }

  /** The page is killed, and opened again by this person. */
  async restart(person = this.person): Promise<void> {
    this.outbox.close();
    this.person = person;
    this.outbox = this.start();
    await this.outbox.open();
  }

  /** What the screen shows: the waiting text, else what the server is known to have. */
  shown(place: Place, page = this.page(place)): Content {
    return this.outbox.items.value.get(at(place))?.content ?? page.content;
  }

  /** The copy of the page on this device, which may be old. */
  private readonly pages = new Map<string, { version: number; content: Content }>();

  page(place: Place): { version: number; content: Content } {
    const page = this.pages.get(at(place)) ?? { version: 0, content: EMPTY };
    const known = this.outbox.known.value.get(at(place));
    return known && known.version > page.version ? known : page;
  }

  async fetch(place: Place): Promise<void> {
    const { version, content } = this.server.row(place);
    this.pages.set(at(place), { version, content });
    await this.outbox.refresh(place, { version, content });
  }

  write(change: Partial<Content>, place = PLACE): Promise<void> {
    const known = this.page(place);
    return this.outbox.write({
      place,
      label: { student: '', group: '', round: '' },
      content: { ...this.shown(place), ...change },
      known,
      was_complete: false,
      complete: true,
    });
  }

  get item() {
    return this.outbox.items.value.get(at(PLACE));
  }

  has(content: Content): boolean {
    return [...this.outbox.items.value.values()].some((item) => same(item.content, content));
  }
}
