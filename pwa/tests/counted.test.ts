import { beforeEach, expect, it } from 'vitest';
import { EMPTY, type Waiting } from '../src/lib/conflict';
import { counted, counting } from '../src/lib/counted';
import { keepPage, keptPage } from '../src/lib/local';
import { type Send, Sender } from '../src/lib/sender';
import { MemoryStore } from '../src/lib/store';
import { freshPhone, signInHere } from './own-phone';
import { waitingText } from './waiting-text';

const waiting = (student: string, more: Partial<Waiting> = {}) =>
  waitingText({ student, key: student, content: { ...EMPTY, stoplight: 'on_track' }, ...more });
const group = (id: string, done: number) => ({ id, done, total: 9 });
const saved = { version: 1, complete: true };

/** What the copy of the list says is done in group g, after these were sent and the server answered each of them so. */
async function doneAfter(items: Waiting[], answer: (student: string) => object, status = 200): Promise<number[]> {
  const send: Send = async (path, body) => {
    const texts = (body as { items?: { student: string; key: string }[] }).items;
    const told = texts
      ? { items: texts.map(({ student, key }) => ({ key, saved: answer(student), problem: null })) }
      : answer(/students\/(\w+)/.exec(path)?.[1] ?? '');
    return { status, body: told, headers: new Headers() };
  };
  await new Sender({ person: 'ana', store: counting(new MemoryStore(items)), send }).pass();
  await counted();
  const kept = await keptPage<{ id: string; groups: { done: number }[] }[]>('ana', '/my/rounds');
  return (kept?.value ?? []).flatMap((round) => round.groups.map(({ done }) => done));
}

beforeEach(async () => {
  await freshPhone();
  await signInHere('ana');
  await keepPage('ana', '/my/rounds', [
    { id: 'r', groups: [group('g', 2), group('h', 4)] },
    { id: 's', groups: [group('g', 3)] },
  ]);
});

it('a whole group that arrives at once is counted in the copy of the list, each student once', async () => {
  expect(
    await doneAfter(
      ['a', 'b', 'c'].map((one) => waiting(one)),
      () => saved,
    ),
  ).toEqual([5, 4, 3]);
});

it('what was taken back is counted off, and what was changed is not counted again', async () => {
  const back = waiting('a', { content: EMPTY, was_complete: true, complete: false });
  expect(await doneAfter([back], () => ({ version: 2, complete: false }))).toEqual([1, 4, 3]);
  expect(await doneAfter([waiting('b', { was_complete: true })], () => saved)).toEqual([1, 4, 3]);
});

it('what the server refuses or does not answer is not counted', async () => {
  const refused = { type: '/problems/invalid', title: 'Te lang' };
  expect(await doneAfter([waiting('a')], () => refused, 422)).toEqual([2, 4, 3]);
  expect(await doneAfter([waiting('b')], () => ({}), 503)).toEqual([2, 4, 3]);
});

it('keeps the time of the copy, so that it is asked for again as soon as before', async () => {
  const before = (await keptPage('ana', '/my/rounds'))?.at;
  await doneAfter([waiting('a')], () => saved);
  expect((await keptPage('ana', '/my/rounds'))?.at).toBe(before);
});

it('does without a copy', async () => {
  await freshPhone();
  expect(await doneAfter([waiting('a')], () => saved)).toEqual([]);
});
