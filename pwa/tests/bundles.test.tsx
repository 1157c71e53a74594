import { cleanup, configure, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { choicesOf, sizeOf } from '../src/features/bundles/choices';
import { MyPaper, Paper } from '../src/features/bundles/paper';
import type { Bundle, BundleGroup } from '../src/features/bundles/types';
import { setTransport } from '../src/lib/api';
import { me } from '../src/lib/session';
import { freshPhone, person } from './own-phone';

configure({ asyncUtilTimeout: 4_000 });

const ROUND = { id: 'r', name: 'Herfst' };
const GROUPS: BundleGroup[] = [
  { id: 'g1', title: 'h3a', year: 3, students: 28 },
  { id: 'g2', title: 'h3b', year: 3, students: 30 },
  { id: 'g3', title: 'h4a', year: 4, students: 25 },
  { id: 'g4', title: 'h5a', year: 5, students: 0 },
];
const bundle = (more: Partial<Bundle> = {}): Bundle => ({
  id: 'b',
  round_id: 'r',
  round_name: 'Herfst',
  scope: 'home_group',
  about: 'h3a',
  year: null,
  kind: 'report',
  form: 'file',
  sort: 'name',
  state: 'waiting',
  error: '',
  done: 0,
  total: 28,
  left_out: 0,
  size: 0,
  asked_at: '2026-11-28T10:00:00Z',
  kept_until: null,
  opens: null,
  ...more,
});
const READY = { state: 'ready', done: 28, left_out: 1, size: 2_345_678, kept_until: '2026-12-05T10:00:00Z' } as const;

let answers: Record<string, unknown>;
let log: string[];

beforeEach(async () => {
  await freshPhone();
  answers = {};
  log = [];
  setTransport(async (request) => {
    const path = new URL(request.url).pathname.replace('/api/v1', '');
    const what = request.method === 'GET' ? path : `${request.method} ${path} ${await request.text()}`.trim();
    log.push(what);
    const found = answers[what];
    if (found === null) return new Response(null, { status: 204 });
    const status = found === undefined ? 404 : ((found as { status?: number }).status ?? 200);
    return new Response(JSON.stringify(found ?? {}), { status });
  });
  me.value = person('mo', { navigation: ['students'] });
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const press = async (name: string | RegExp) => fireEvent.click(await screen.findByRole('button', { name }));
const asked = (scope: object, more: object = {}) =>
  `POST /bundles ${JSON.stringify({ round: 'r', scope, kind: 'report', form: 'file', sort: 'group', ...more })}`;

describe('whose reports', () => {
  it('offers each class with students, a year of several classes, and all of them', () => {
    expect(choicesOf(GROUPS).map(({ value, students, groups }) => [value, students, groups])).toEqual([
      ['g1', 28, 1],
      ['g2', 30, 1],
      ['g3', 25, 1],
      ['year 3', 58, 2],
      ['school', 83, 4],
    ]);
    expect(choicesOf(GROUPS.slice(0, 1)).map(({ value }) => value)).toEqual(['g1']);
    // A year that is everything is named once.
    expect(choicesOf(GROUPS.slice(0, 2)).map(({ value }) => value)).toEqual(['g1', 'g2', 'school']);
  });

  it('tells sizes in words', () => {
    expect([sizeOf(2_345_678, ','), sizeOf(900, '.')]).toEqual(['2,3 MB', '0.1 MB']);
  });
});

describe('a mentor', () => {
  it('has the class printed, sees how far it is, and opens the file once it may be opened', async () => {
    answers['/rounds/r/bundle-groups'] = GROUPS.slice(0, 1);
    answers[asked({ home_group: 'g1' })] = { id: 'b' };
    answers['/bundles/b'] = bundle({ state: 'making', done: 12 });
    const opened = vi.spyOn(location, 'assign').mockImplementation(() => {});
    render(<Paper round={ROUND} group={{ id: 'g1', title: 'h3a' }} />);
    await press('Op papier: h3a');
    await press('Maak voor 28 leerlingen');
    const bar = await screen.findByRole('progressbar');
    expect(bar.getAttribute('aria-valuenow')).toBe('12');
    expect(screen.getByText('12 van 28')).toBeTruthy();
    answers['/bundles/b'] = bundle({ ...READY, opens: true });
    expect(await screen.findByText('Klaar: 27 leerlingen')).toBeTruthy();
    expect(screen.getByText('1 leerling heeft nog geen feedback en staat er niet in.')).toBeTruthy();
    await press('Open (2,3 MB)');
    await waitFor(() => expect(opened).toHaveBeenCalledWith('/api/v1/bundles/b/file'));
  });

  it('chooses a talk sheet, a zip, another class and an order', async () => {
    answers['/rounds/r/bundle-groups'] = GROUPS;
    const wish = asked({ school: true }, { kind: 'talk_sheet', form: 'zip', sort: 'name' });
    answers[wish] = { id: 'b' };
    answers['/bundles/b'] = bundle({ ...READY, opens: true });
    render(<Paper round={ROUND} group={{ id: 'g1', title: 'h3a' }} />);
    await press('Op papier: h3a');
    expect(screen.queryByRole('radio', { name: 'Op naam' })).toBeNull();
    fireEvent.change(await screen.findByLabelText('Van wie'), { target: { value: 'school' } });
    for (const choice of ['Gespreksblad', 'Zip: een PDF per leerling', 'Op naam']) {
      fireEvent.click(await screen.findByRole('radio', { name: choice }));
    }
    await press('Maak voor 83 leerlingen');
    await waitFor(() => expect(log).toContain(wish));
  });

  it('stops it', async () => {
    answers['/rounds/r/bundle-groups'] = GROUPS.slice(0, 1);
    answers[asked({ home_group: 'g1' })] = { id: 'b' };
    answers['/bundles/b'] = bundle();
    answers['DELETE /bundles/b'] = null;
    render(<Paper round={ROUND} group={{ id: 'g1', title: 'h3a' }} />);
    await press('Op papier: h3a');
    await press('Maak voor 28 leerlingen');
    await press('Stop');
    expect(await screen.findByRole('button', { name: 'Maak voor 28 leerlingen' })).toBeTruthy();
    expect(log).toContain('DELETE /bundles/b');
  });

  it('hears why a file does not open any more', async () => {
    answers['/bundles'] = [bundle(READY)];
    answers['/bundles/b'] = bundle({ ...READY, opens: false });
    const opened = vi.spyOn(location, 'assign').mockImplementation(() => {});
    render(<MyPaper />);
    await press('Open (2,3 MB)');
    expect((await screen.findByRole('alert')).textContent).toContain('Je mag niet meer alles zien');
    expect(opened).not.toHaveBeenCalled();
  });

  it('finds what was made before, and throws it away', async () => {
    answers['/bundles'] = [
      bundle(READY),
      bundle({ id: 'c', scope: 'year', about: '', year: 3, state: 'failed', error: 'empty' }),
    ];
    answers['DELETE /bundles/b'] = null;
    render(<MyPaper />);
    expect(await screen.findByText('h3a')).toBeTruthy();
    expect(screen.getByText('Leerjaar 3')).toBeTruthy();
    expect(screen.getByText('Er is niets om op papier te zetten.')).toBeTruthy();
    answers['/bundles'] = [];
    fireEvent.click(screen.getAllByRole('button', { name: 'Gooi weg' })[0] as HTMLElement);
    expect(await screen.findByText('Nog niets gemaakt')).toBeTruthy();
  });

  it('hears before closing that it is too early', async () => {
    answers['/rounds/r/bundle-groups'] = [];
    render(<Paper round={ROUND} group={{ id: 'g1', title: 'h3a' }} />);
    await press('Op papier: h3a');
    expect(await screen.findByText('Dit kan nog niet')).toBeTruthy();
  });

  it('asks once, however often an answer gets lost', async () => {
    const student = { id: 's', name: 'Ana Ali' };
    const keys: (string | null)[] = [];
    setTransport(async (request) => {
      if (request.method === 'GET') return new Response(JSON.stringify(bundle()), { status: 200 });
      keys.push(request.headers.get('Idempotency-Key'));
      if (keys.length === 1) throw new TypeError('lost');
      return new Response(JSON.stringify({ id: 'b' }), { status: 201 });
    });
    render(<Paper round={ROUND} student={student} />);
    await press('Op papier: Ana Ali');
    await press('Maak de PDF');
    await screen.findByRole('alert');
    await press('Maak de PDF');
    await screen.findByRole('progressbar');
    expect(new Set(keys).size).toBe(1);
  });
});

describe('a student', () => {
  it('makes a PDF of the own report, without choices', async () => {
    const wish = asked({ student: 's' }, { sort: 'name' });
    answers[wish] = { id: 'b' };
    answers['/bundles/b'] = bundle({
      scope: 'student',
      about: 'Ana Ali',
      ...READY,
      done: 1,
      left_out: 0,
      total: 1,
      opens: true,
    });
    render(<Paper round={ROUND} student={{ id: 's', name: 'Ana Ali' }} staff={false} />);
    await press('Op papier: Ana Ali');
    expect(screen.queryByRole('radio')).toBeNull();
    expect(screen.queryByRole('button', { name: 'Wat je eerder maakte' })).toBeNull();
    await press('Maak de PDF');
    expect(await screen.findByText('Klaar: 1 leerling')).toBeTruthy();
    expect(log).toContain(wish);
  });
});
