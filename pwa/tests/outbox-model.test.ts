import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joined } from '../src/lib/answers';
import { nameOf as at, type Content, contentOf, EMPTY, same } from '../src/lib/conflict';
import { Server } from './outbox-server';
import { Device, PLACE, type Weather } from './outbox-world';

type Act =
  | { act: 'write'; device: number; student: number; field: 'stoplight' | 'remark' | 'action'; words: number }
  | { act: 'drain'; device: number; weather: Weather[] }
  | { act: 'kill'; device: number }
  | { act: 'switch'; device: number }
  | { act: 'fetch'; device: number; student: number }
  | { act: 'choose'; device: number; student: number; choice: 'mine' | 'theirs' | 'both' }
  | { act: 'close' | 'open' | 'sign-out' | 'sign-in' };

const device = fc.nat(2);
const student = fc.nat(1);
const weather = fc.constantFrom<Weather>('fine', 'fine', 'no-request', 'no-answer', 'twice');
const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('write' as const),
      device,
      student,
      field: fc.constantFrom('stoplight', 'remark', 'action'),
      words: fc.nat(999),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ act: fc.constant('drain' as const), device, weather: fc.array(weather, { maxLength: 3 }) }),
  },
  fc.record({ act: fc.constant('kill' as const), device }),
  fc.record({ act: fc.constant('switch' as const), device }),
  { weight: 2, arbitrary: fc.record({ act: fc.constant('fetch' as const), device, student }) },
  fc.record({
    act: fc.constant('choose' as const),
    device,
    student,
    choice: fc.constantFrom('mine', 'theirs', 'both'),
  }),
  fc.record({ act: fc.constantFrom('close' as const, 'open' as const, 'sign-out' as const, 'sign-in' as const) }),
);

it('under any schedule: no text lost, nothing overwritten unseen, nothing done twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(acts, { maxLength: 40 }), async (schedule) => {
      const server = new Server();
      const devices = [
        new Device('d0', server, 'ana'),
        new Device('d1', server, 'ana'),
        new Device('d2', server, 'bo'),
      ];
      const places = [PLACE, { ...PLACE, student: 't' }];
      // What each writer meant last, per store, person and place; and what was let go on purpose.
      const meant = new Map<string, Content>();
      // What each person has had before the eyes at each place.
      const sights = new Set<string>();
      const see = (person: string, place: typeof PLACE, content: Content) =>
        sights.add(JSON.stringify([person, at(place), contentOf(content)]));
      for (const step of schedule) {
        const one = devices['device' in step ? step.device : 0] as Device;
        const place = 'student' in step ? (places[step.student] as typeof PLACE) : PLACE;
        const name = `${one.name} ${one.person} ${at(place)}`;
        switch (step.act) {
          case 'write': {
            const change =
              step.field === 'stoplight'
                ? {
                    stoplight: (['excellent', 'on_track', 'attention', null] as const)[
                      step.words % 4
                    ] as Content['stoplight'],
                  }
                : { [step.field]: `${step.words}` };
            const content = { ...one.shown(place), ...change };
            meant.set(name, content);
            see(one.person, place, content);
            await one.write(change, place);
            break;
          }
          case 'drain':
            one.weather = [...step.weather];
            await one.outbox.resume();
            one.weather = [];
            break;
          case 'kill':
            await one.restart();
            break;
          case 'switch':
            await one.restart(one.person === 'ana' ? 'bo' : 'ana');
            break;
          case 'fetch':
            await one.fetch(place);
            see(one.person, place, server.row(place).content);
            break;
          case 'choose': {
            const item = one.outbox.items.value.get(at(place));
            if (item?.trouble?.kind !== 'stale') break;
            see(one.person, place, item.trouble.current);
            see(one.person, place, joined(item.content, item.trouble.current));
            await one.outbox.choose(place, step.choice);
            if (step.choice === 'theirs') meant.delete(name);
            else meant.set(name, step.choice === 'both' ? joined(item.content, item.trouble.current) : item.content);
            break;
          }
          case 'close':
            server.open = false;
            break;
          case 'open':
            server.open = true;
            break;
          case 'sign-out':
            server.sessions.clear();
            break;
          case 'sign-in':
            server.sessions = new Set(['ana', 'bo']);
        }
        // Each text that somebody meant is on the device, or the server has it, or had it.
        for (const [key, content] of meant) {
          const [deviceName, person, where] = key.split(' ') as [string, string, string];
          const owner = devices.find((each) => each.name === deviceName) as Device;
          const here = (await owner.store.waiting(person)).some(
            (item) => at(item) === where && same(item.content, content),
          );
          const there = server.log.some((entry) => entry.place === where && same(entry.content, content));
          expect(here || there || same(content, EMPTY), `${key} ${JSON.stringify(content)}`).toBe(true);
        }
      }
      // Whoever wrote over somebody else's text had seen it.
      for (const place of places) {
        const entries = server.log.filter((entry) => entry.place === at(place));
        entries.forEach(({ author }, i) => {
          const before = entries[i - 1];
          if (!before || before.author === author || same(before.content, EMPTY)) return;
          expect(sights).toContain(JSON.stringify([author, at(place), before.content]));
        });
      }
      const keys = server.log.map(({ author, key }) => `${author} ${key}`);
      expect(new Set(keys).size).toBe(keys.length);
    }),
    { numRuns: 500 },
  );
});
