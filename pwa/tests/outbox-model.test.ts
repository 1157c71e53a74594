// @vitest-environment node
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Content } from '../src/lib/conflict';
import { type Fate, PLACES, type Tab, World } from './model-world';

/**
 * Two people, three browsers, four pages, a service worker, and everything that is about to happen between them, in any
 * order. Each look into a store, each request and each answer is a moment at which somebody may die, the network may
 * fail, or somebody else may come first.
 *
 * That this model notices mistakes is checked by making them: `npm run mutants`.
 */
type Act =
  | {
      act: 'write';
      tab: number;
      place: number;
      how: 'new' | 'more' | 'clear' | 'light' | 'dark' | 'back';
      rest: boolean;
    }
  | { act: 'others'; tab: number }
  | { act: 'step'; pick: number; fate: Fate }
  | { act: 'run'; picks: number[] }
  /** All that is about to happen happens; the next requests fare like this. */
  | { act: 'drain'; tab: number; fates: Fate[] }
  | { act: 'fetch' | 'resume' | 'time' | 'kill'; tab: number }
  | { act: 'choose'; tab: number; place: number; choice: 'mine' | 'theirs' | 'both' }
  | { act: 'retry' | 'discard'; tab: number; place: number }
  | { act: 'sync' | 'switch' | 'sign-out' | 'sign-in'; browser: number }
  | { act: 'late'; pick: number }
  | { act: 'close' | 'reopen' | 'hide' | 'unhide' };

const tab = fc.nat(3);
const place = fc.constantFrom(0, 0, 0, 1, 1, 2);
const browser = fc.nat(2);
const pick = fc.nat(20);
const fates: Fate[] = ['no-request', 'no-answer', 'twice', 'late', 'busy', 'fault', 'no-list', 'key-used', 'hotel'];
const fate = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Fate>('go') },
  { weight: 2, arbitrary: fc.constantFrom<Fate>('crash-before', 'crash-after') },
  { weight: 4, arbitrary: fc.constantFrom(...fates) },
);
const weather = fc.oneof({ weight: 3, arbitrary: fc.constant<Fate>('go') }, fc.constantFrom(...fates));
const one = <T extends string>(...names: T[]) => fc.constantFrom(...names);
const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      act: one('write'),
      tab,
      place,
      how: one('new', 'new', 'more', 'more', 'clear', 'light', 'light', 'dark', 'back', 'back'),
      rest: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: one('others'), tab }) },
  { weight: 10, arbitrary: fc.record({ act: one('step'), pick, fate }) },
  { weight: 8, arbitrary: fc.record({ act: one('drain'), tab, fates: fc.array(weather, { maxLength: 4 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({ act: one('run'), picks: fc.array(pick, { minLength: 4, maxLength: 24, size: 'max' }) }),
  },
  { weight: 6, arbitrary: fc.record({ act: one('fetch', 'fetch', 'fetch', 'resume', 'time', 'kill'), tab }) },
  { weight: 4, arbitrary: fc.record({ act: one('choose'), tab, place, choice: one('mine', 'theirs', 'both') }) },
  { weight: 2, arbitrary: fc.record({ act: one('retry', 'retry', 'discard'), tab, place }) },
  {
    weight: 2,
    arbitrary: fc.record({ act: one('sync', 'sync', 'switch', 'sign-out', 'sign-in', 'sign-in'), browser }),
  },
  { weight: 2, arbitrary: fc.record({ act: one('late'), pick }) },
  { weight: 2, arbitrary: fc.record({ act: one('close', 'close', 'reopen', 'reopen', 'hide', 'unhide') }) },
);

class Play {
  readonly world: World;
  private count = 0;

  constructor(locks: boolean) {
    this.world = new World(locks);
  }

  private tab(at: number): Tab {
    return (this.world.tabs[at] as Tab).awake;
  }

  private write(at: Tab, where: number, how: string, rest: number): void {
    this.count += 1;
    const word = `<${this.count}>`;
    const field = this.count % 3 ? 'remark' : 'action';
    const change = (shown: Content): Partial<Content> => {
      switch (how) {
        case 'light':
          return { stoplight: word as Content['stoplight'] };
        case 'dark':
          return { stoplight: null };
        case 'clear':
          return { [field]: '' };
        case 'more':
          return { [field]: `${shown[field]} ${word}` };
        default:
          return { [field]: word };
      }
    };
    const { server } = this.world;
    const name = PLACES[where] as (typeof PLACES)[number];
    // Undo: what stood there before, whoever wrote it.
    const past = server.log.filter(({ place }) => place === `${name.round},${name.group},${name.student}`);
    const back = how === 'back' ? past.at(-2)?.content : undefined;
    at.write(name, (shown) => back ?? change(shown), rest);
  }

  async do(act: Act): Promise<void> {
    const { world } = this;
    const { server } = world;
    const where = 'place' in act ? (PLACES[act.place] as (typeof PLACES)[number]) : undefined;
    switch (act.act) {
      case 'write':
        this.write(this.tab(act.tab), act.place, act.how, act.rest ? 1000 : 0);
        break;
      case 'others':
        for (const at of PLACES.keys()) this.write(this.tab(act.tab), at, 'light', 0);
        break;
      case 'step':
        await world.step(act.pick, act.fate);
        break;
      case 'run':
        for (const at of act.picks) await world.step(at, 'go');
        break;
      case 'drain':
        this.tab(act.tab).time();
        void this.tab(act.tab).outbox.resume();
        await world.quiet([...act.fates]);
        break;
      case 'fetch':
        this.tab(act.tab).fetch();
        break;
      case 'resume':
        void this.tab(act.tab).outbox.resume();
        break;
      case 'time':
        this.tab(act.tab).time();
        break;
      case 'kill':
        world.kill(this.tab(act.tab).context);
        break;
      case 'choose':
        if (where) this.tab(act.tab).choose(where, act.choice);
        break;
      case 'retry':
        if (where) void this.tab(act.tab).outbox.retry(where);
        break;
      case 'discard':
        if (where) this.tab(act.tab).discard(where);
        break;
      case 'late':
        world.late.splice(act.pick % Math.max(1, world.late.length), 1)[0]?.();
        break;
      case 'close':
      case 'reopen':
        server.open = act.act === 'reopen';
        break;
      case 'hide':
        server.hidden.add('r,g,t');
        break;
      case 'unhide':
        server.hidden.clear();
        break;
      default: {
        const at = world.browsers[act.browser];
        if (at) this.session(act.act, at);
      }
    }
    await world.settle();
    await world.ledger.nothingLost();
  }

  private session(act: 'sync' | 'switch' | 'sign-out' | 'sign-in', at: World['browsers'][number]): void {
    const mine = at.tabs[0]?.context.person ?? 'ana';
    if (act === 'sync') at.sync(mine);
    else if (act === 'sign-out') at.session = null;
    else if (act === 'sign-in') at.session = mine;
    else {
      // Somebody else signs in on this device, in the first page; the others stay open as they are.
      at.session = mine === 'ana' ? 'bo' : 'ana';
      at.tabs[0]?.open(at.session);
    }
  }

  /** The line is good, everybody signs in again where texts wait, and answers what is asked. */
  async end(): Promise<void> {
    const { world } = this;
    world.server.open = true;
    world.server.hidden.clear();
    for (const arrive of world.late.splice(0)) arrive();
    for (const at of world.browsers) {
      for (const person of ['ana', 'bo']) {
        at.session = person;
        const first = at.tabs[0] as Tab;
        first.open(person);
        await world.quiet();
        for (let round = 0; (await at.store.waiting(person)).length > 0 && round < 12; round += 1) {
          first.time();
          void first.outbox.resume();
          await world.quiet();
          for (const item of await at.store.waiting(person)) {
            if (item.trouble?.kind === 'stale') first.choose(item, 'both');
            else if (item.trouble) void first.outbox.retry(item);
          }
          await world.quiet();
        }
        expect(await at.store.waiting(person), `${person} still waits on ${at.name}`).toEqual([]);
      }
    }
    await world.ledger.nothingLost();
  }
}

it('under any schedule: no text lost, nothing overwritten unseen, nothing done twice, and in the end all arrives', {
  timeout: 600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(acts, { maxLength: 80, size: 'max' }), async (locks, schedule) => {
      const play = new Play(locks);
      for (const act of schedule) await play.do(act);
      await play.end();
    }),
    { numRuns: Number(process.env.RUNS ?? 500), endOnFailure: 'MUTANT' in process.env },
  );
});
