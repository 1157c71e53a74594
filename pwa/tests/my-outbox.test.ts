import { beforeEach, expect, it, vi } from 'vitest';
import { setTransport } from '../src/lib/api';
import { EMPTY } from '../src/lib/conflict';
import { outboxOf, startOutbox } from '../src/lib/my-outbox';
import { LABEL, PLACE } from './outbox-world';
import { freshPhone, signInHere } from './own-phone';

beforeEach(freshPhone);

it('what was rated a moment ago travels with its group when the line comes back', async () => {
  await signInHere('ana');
  const asked: string[] = [];
  let line = false;
  let failed = 0;
  setTransport(async (request) => {
    if (!line) {
      failed += 1;
      throw new TypeError('no network');
    }
    asked.push(new URL(request.url).pathname);
    const { items } = (await request.json()) as { items?: { key: string }[] };
    const saved = { version: 1, complete: true };
    const body = items ? { items: items.map(({ key }) => ({ key, saved, problem: null })) } : saved;
    return Response.json(body);
  });
  startOutbox();
  const outbox = outboxOf('ana');
  await outbox.open();
  const rated = (student: string, rest: number) =>
    outbox.write(
      {
        place: { ...PLACE, student },
        label: LABEL,
        content: { ...EMPTY, stoplight: 'on_track' },
        known: { version: 0, content: EMPTY },
        was_complete: false,
        complete: true,
      },
      rest,
    );
  await rated('a', 0);
  await vi.waitFor(() => expect(failed).toBe(1));
  // These two were tapped while the line came back: their rest is far from over.
  await rated('b', 60_000);
  await rated('c', 60_000);

  line = true;
  dispatchEvent(new Event('online'));
  await vi.waitFor(() => expect(outbox.items.value.size).toBe(0));
  expect(asked).toHaveLength(1);
});
