import { act, cleanup, configure, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MyStudents, StudentStatus } from '../src/features/report/types';
import { filter, scrolled } from '../src/features/students/state';
import { firstOf } from '../src/features/students/steps';
import { StudentsPane } from '../src/features/students/students-pane';
import { setTransport } from '../src/lib/api';
import { me } from '../src/lib/session';
import { freshPhone, person } from './own-phone';

configure({ asyncUtilTimeout: 4_000 });

const SHARED = { at: '2026-11-20T10:00:00Z', number: 1, read: false };
const student = (id: string, warned: boolean): StudentStatus => ({
  student: { id, name: `Leerling ${id}`, list_name: id, initials: 'AB', home_group: null, apart: null },
  done: 1,
  total: 1,
  strip: [{ subject: 'Engels', stoplight: warned ? 'warning' : 'on_track' }],
  shared: SHARED,
  plan: 'none',
  agreements: 0,
});
const group = (id: string, size: number) => ({
  id,
  title: id,
  relation: 'mentor',
  students: Array.from({ length: size }, (_, i) => student(`${id}-${i}`, i % 10 === 9)),
});

let frames: Map<number, FrameRequestCallback>;
let asked = 0;

beforeEach(async () => {
  await freshPhone();
  frames = new Map();
  filter.value = 'all';
  scrolled.top = 0;
  vi.stubGlobal('requestAnimationFrame', (draw: FrameRequestCallback) => {
    asked += 1;
    frames.set(asked, draw);
    return asked;
  });
  vi.stubGlobal('cancelAnimationFrame', (id: number) => frames.delete(id));
  me.value = person('mo', { navigation: ['students'] });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const rows = () => screen.queryAllByRole('link', { name: /Leerling/ });
const names = () => rows().map((row) => row.querySelector('.student-title > span')?.textContent);

/** Draws one frame after the other for as long as the page asks for one. */
async function drawAll(): Promise<void> {
  while (frames.size > 0) {
    const now = [...frames.values()];
    frames.clear();
    for (const draw of now) draw(0);
    await act(() => new Promise((done) => setTimeout(done)));
  }
}

/** The list of a round with these groups, as the server sends it. */
function opened(round: string, ...groups: ReturnType<typeof group>[]) {
  const card = { id: round, name: 'Herfst', state: 'closed', sharing: true };
  const data = { round: card, rounds: [card], groups } as unknown as MyStudents;
  setTransport(async () => new Response(JSON.stringify(data), { status: 200 }));
  return render(<StudentsPane round={round} />);
}

describe('a long list of students', () => {
  it('stands with its first rows at once, and whole a few frames later', async () => {
    opened('first', group('h4a', 12), group('h4b', 30));
    await waitFor(() => expect(rows()).toHaveLength(5));
    expect(screen.queryByRole('heading', { name: 'h4b' })).toBeNull();
    await drawAll();
    expect(rows()).toHaveLength(42);
    expect(new Set(names()).size).toBe(42);
    expect(names()[12]).toBe('Leerling h4b-0');
  });

  it('counts all of them from the start, also those whose row is still to come', async () => {
    opened('counts', group('h4a', 30));
    expect(await screen.findByText('30 van 30 gedeeld')).toBeTruthy();
    expect(rows()).toHaveLength(5);
  });

  it('is whole again after a filter, in the same order', async () => {
    opened('filtered', group('h4a', 30));
    await waitFor(() => expect(rows()).toHaveLength(5));
    await drawAll();
    const before = names();
    fireEvent.click(screen.getByRole('button', { name: /^Let op of Pas op/ }));
    await waitFor(() => expect(names()).toEqual(['Leerling h4a-9', 'Leerling h4a-19', 'Leerling h4a-29']));
    fireEvent.click(screen.getByRole('button', { name: 'Iedereen' }));
    await waitFor(() => expect(names()).toEqual(before));
  });

  it('is whole at once for who comes back to it, so that their place is there', async () => {
    const { unmount } = opened('again', group('h4a', 30));
    await waitFor(() => expect(rows()).toHaveLength(5));
    await drawAll();
    unmount();
    opened('again', group('h4a', 30));
    expect(rows()).toHaveLength(30);
  });
});

describe('a list that was left further down', () => {
  it('is whole at once, also with another address: beside a report it names its round', async () => {
    scrolled.top = 900;
    opened('beside', group('h4a', 30));
    await waitFor(() => expect(rows().length).toBeGreaterThan(0));
    expect(rows()).toHaveLength(30);
  });
});

describe('the first rows of some groups', () => {
  const sizes = (groups: { students: readonly unknown[] }[]) => groups.map(({ students }) => students.length);
  const groups = [{ students: [1, 2, 3] }, { students: [] }, { students: [4, 5] }];

  it.each([
    [0, []],
    [2, [2]],
    [3, [3]],
    [4, [3, 0, 1]],
    [Number.POSITIVE_INFINITY, [3, 0, 2]],
  ])('%s', (room, expected) => {
    expect(sizes(firstOf(groups, room))).toEqual(expected);
  });
});
