import * as answers from '../src/lib/answers';
import { type Content, EMPTY, type Known, nameOf, newest, type Place, same, type Waiting } from '../src/lib/conflict';
import { Outbox } from '../src/lib/outbox';
import { Sender } from '../src/lib/sender';
import { MemoryStore, type Store } from '../src/lib/store';
import { Ledger } from './model-ledger';
import { problem, reply, Server } from './outbox-server';
import { LABEL } from './outbox-world';

/** What becomes of one thing that is about to happen. */
export type Fate =
  | 'go'
  /** Whoever asked dies before it, or after it without hearing of it. */
  | 'crash-before'
  | 'crash-after'
  /** Of a request: it never leaves; it is done and the answer is lost; the network doubles it; it arrives some day. */
  | 'no-request'
  | 'no-answer'
  | 'twice'
  | 'late'
  /** Of a request: the server says something else. */
  | 'busy'
  | 'fault'
  | 'no-list'
  | 'key-used'
  | 'hotel';

export const PLACES: readonly Place[] = [
  { round: 'r', group: 'g', student: 's' },
  { round: 'r', group: 'g', student: 't' },
  { round: 'r', group: 'h', student: 's' },
];

/** A page or a service worker: what it is waiting for never comes once it is dead. */
class Context {
  alive = true;
  timers: (() => void)[] = [];
  readonly later = (job: () => void) => {
    this.timers.push(job);
    return () => {
      this.timers = this.timers.filter((one) => one !== job);
    };
  };
  constructor(
    readonly browser: Browser,
    readonly person: string,
  ) {}
}

interface Held {
  context: Context;
  what: 'store' | 'send' | 'read' | 'news';
  run: (fate: Fate) => void;
}

/** Devices, a server, and everything that is about to happen between them, in whatever order the schedule says. */
export class World {
  readonly server = new Server();
  readonly ledger = new Ledger(this.server);
  readonly browsers: readonly Browser[];
  held: Held[] = [];
  /** Requests that are still on their way. */
  late: (() => void)[] = [];
  fresh = 0;

  constructor(readonly locks: boolean) {
    this.browsers = [
      new Browser(this, 'd0', 'ana', 2),
      new Browser(this, 'd1', 'ana', 1),
      new Browser(this, 'd2', 'bo', 1),
    ];
  }

  get tabs(): Tab[] {
    return this.browsers.flatMap((browser) => browser.tabs);
  }

  hold<T>(context: Context, what: Held['what'], act: (fate: Fate) => Promise<T> | T): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = (fate: Fate) => {
        if (fate === 'crash-before') {
          this.kill(context);
          return;
        }
        const done = (async () => act(fate))();
        if (fate === 'crash-after') this.kill(context);
        done.then(
          (value) => context.alive && resolve(value),
          (error) => context.alive && reject(error),
        );
      };
      if (context.alive) this.held.push({ context, what, run });
    });
  }

  kill(context: Context): void {
    context.alive = false;
    context.timers = [];
    this.held = this.held.filter((one) => one.context !== context);
    for (const browser of this.browsers) browser.unlock(context);
    this.ledger.died(context);
  }

  /** One of the things that are about to happen, happens. */
  async step(pick: number, fate: Fate): Promise<void> {
    const [one] = this.held.splice(pick % Math.max(1, this.held.length), 1);
    one?.run(fate);
    await this.settle();
  }

  /** All that is about to happen happens in its order, until nothing is; the first requests fare like `fates`. */
  async quiet(fates: Fate[] = []): Promise<void> {
    for (let i = 0; this.held.length > 0; i += 1) {
      if (i > 3000) throw new Error(`Never quiet: ${this.held.map(({ what }) => what).join()}`);
      await this.step(0, (this.held[0]?.what === 'send' && fates.shift()) || 'go');
    }
  }

  /** Everything that follows by itself has happened, and everybody has seen what is on the screen. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    for (const tab of this.tabs) tab.look();
  }
}

/** One browser: a store and a session, shared by its pages. */
export class Browser {
  readonly store = new MemoryStore();
  session: string | null;
  readonly tabs: readonly Tab[];
  /** Who sends and who waits to, by person. */
  private readonly queues = new Map<string, { context: Context; begin: () => void }[]>();

  constructor(
    readonly world: World,
    readonly name: string,
    owner: string,
    tabs: number,
  ) {
    this.session = owner;
    this.tabs = Array.from({ length: tabs }, () => new Tab(this, owner));
  }

  /** The store as one page sees it: each step may be the last thing it does. */
  door(context: Context): Store {
    const { world, store } = this;
    const told = () => {
      for (const tab of this.tabs) {
        if (tab.context === context || tab.context.person !== context.person) continue;
        void world.hold(tab.context, 'news', () => void tab.outbox.look());
      }
    };
    return {
      waiting: (person) => world.hold(context, 'store', () => store.waiting(person)),
      known: (person) => world.hold(context, 'store', () => store.known(person)),
      change: (id, step) =>
        world.hold(context, 'store', async () => {
          let before: Waiting | null = null;
          const done = await store.change(id, (item, known) => {
            before = item;
            // Somebody else was faster: the step is taken once more. It must not remember.
            step(item, known);
            return step(item, known);
          });
          const was = (before as Waiting | null)?.content;
          if (done.item && !(was && same(was, done.item.content))) world.ledger.formed(done.item);
          told();
          return done;
        }),
    };
  }

  send(context: Context) {
    const { world } = this;
    return (path: string, body: unknown, headers: Record<string, string>) =>
      world.hold(context, 'send', (fate) => {
        // The cookie of the moment of sending travels along, and the body as it was then.
        const { session } = this;
        const copy = structuredClone(body);
        const arrive = () => world.ledger.heard(this, () => world.server.put(session, path, copy, headers));
        switch (fate) {
          case 'no-request':
            throw new Error('away');
          case 'no-answer':
            arrive();
            throw new Error('away');
          case 'late':
            world.late.push(arrive);
            throw new Error('away');
          case 'twice':
            arrive();
            return arrive();
          case 'busy':
            return problem(503, 'unavailable');
          case 'fault':
            return problem(500, 'fault');
          case 'no-list':
            return 'items' in (body as object) ? problem(422, 'invalid') : arrive();
          case 'key-used':
            return 'items' in (body as object) ? arrive() : problem(422, 'key-reused');
          case 'hotel':
            return reply(200, undefined);
          default:
            return arrive();
        }
      });
  }

  /** A lock that goes when its holder dies; or none, as in browsers that have none. */
  lock(context: Context) {
    return async <T>(job: () => Promise<T>): Promise<T> => {
      if (!this.world.locks) return job();
      const queue = this.queues.get(context.person) ?? [];
      this.queues.set(context.person, queue);
      await new Promise<void>((begin) => {
        queue.push({ context, begin });
        if (queue.length === 1) begin();
      });
      return job().finally(() => this.unlock(context));
    };
  }

  unlock(context: Context): void {
    const queue = this.queues.get(context.person) ?? [];
    const first = queue[0];
    const left = queue.filter((one) => one.context !== context);
    queue.splice(0, queue.length, ...left);
    if (left[0] !== first) left[0]?.begin();
  }

  /** The browser wakes the service worker: it sends for the person whose key is here. */
  sync(person: string): void {
    const context = new Context(this, person);
    const sender = new Sender({
      person,
      store: this.door(context),
      send: this.send(context),
      lock: this.lock(context),
      uuid: () => `w${++this.world.fresh}`,
      random: () => 0,
      later: context.later,
    });
    void sender.pass().catch(() => undefined);
  }
}

/** One page. When it dies, the next thing that is done with it opens it again. */
export class Tab {
  context: Context;
  outbox: Outbox;
  private readonly pages = new Map<string, Known>();
  private readonly last = new Map<Place, Waiting | Content>();

  constructor(
    readonly browser: Browser,
    person: string,
  ) {
    this.context = new Context(browser, person);
    this.outbox = this.start();
  }

  private start(): Outbox {
    const { browser, context } = this;
    const { world } = browser;
    const uuid = () => `p${++world.fresh}`;
    const outbox = new Outbox({
      person: context.person,
      store: browser.door(context),
      uuid,
      now: () => 0,
      later: context.later,
      sending: async () => ({
        answers,
        sender: (options) =>
          new Sender({
            ...options,
            uuid,
            random: () => 0,
            later: context.later,
            send: browser.send(context),
            lock: browser.lock(context),
          }),
      }),
    });
    void outbox.open().then(() => outbox.drain());
    return outbox;
  }

  open(person = this.context.person): void {
    if (this.context.alive) this.browser.world.kill(this.context);
    this.outbox.close();
    this.last.clear();
    this.context = new Context(this.browser, person);
    // The copy of the page that stays on the device is the one that was fetched last; memory goes.
    this.outbox = this.start();
  }

  /** The page, opened again if it was dead. */
  get awake(): this {
    if (!this.context.alive) this.open();
    return this;
  }

  page(place: Place): Known {
    const page = this.pages.get(`${this.context.person} ${nameOf(place)}`) ?? { version: 0, content: EMPTY };
    return newest(page, this.outbox.known.peek().get(nameOf(place)));
  }

  item(place: Place): Waiting | undefined {
    return this.outbox.items.peek().get(nameOf(place));
  }

  shown(place: Place): Content {
    return this.item(place)?.content ?? this.page(place).content;
  }

  /** The person looks at the screen. */
  look(): void {
    if (!this.context.alive || !this.outbox.ready.peek()) return;
    const { ledger } = this.browser.world;
    for (const place of PLACES) {
      const [item, shown] = [this.item(place), this.shown(place)];
      if (this.last.get(place) === (item ?? shown)) continue;
      this.last.set(place, item ?? shown);
      ledger.saw(this.browser.name, this.context.person, shown);
      if (!item) ledger.showsAsSaved(place, shown);
    }
  }

  write(place: Place, change: (shown: Content) => Partial<Content>, rest: number): void {
    const shown = this.shown(place);
    const content = { ...shown, ...change(shown) };
    const entry = this.browser.world.ledger.typed(this.context, place, shown, content);
    void this.outbox
      .write({ place, label: LABEL, content, known: this.page(place), was_complete: false, complete: true }, rest)
      .then(() => entry.stored());
  }

  /** Asks the server for the page; the answer was made at one moment, and comes at another. */
  fetch(): void {
    const { context, outbox, browser } = this;
    const { world } = browser;
    void world
      .hold(context, 'read', () => PLACES.map((place): [Place, Known] => [place, { ...world.server.row(place) }]))
      .then((rows) => world.hold(context, 'read', () => rows))
      .then((rows) => {
        for (const [place, { version, content }] of rows) {
          const name = `${context.person} ${nameOf(place)}`;
          // Two answers may cross; a page shows the one that came last.
          this.pages.set(name, { version, content });
          void outbox.refresh(place, { version, content });
        }
      });
  }

  /** The moment of everything that waits for its moment has come. */
  time(): void {
    for (const job of this.context.timers.splice(0)) job();
  }

  choose(place: Place, choice: answers.Choice): void {
    const item = this.item(place);
    if (item?.trouble?.kind !== 'stale') return;
    const { ledger } = this.browser.world;
    ledger.saw(this.browser.name, this.context.person, item.trouble.current);
    if (choice === 'theirs') ledger.letGo(this.context, place, item.content);
    void this.outbox.choose(place, choice);
  }

  discard(place: Place): void {
    const item = this.item(place);
    if (!item?.trouble) return;
    this.browser.world.ledger.letGo(this.context, place, item.content);
    void this.outbox.discard(place);
  }
}
