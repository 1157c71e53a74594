import { cleanup, configure, fireEvent, render, screen, waitFor, within } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Toasts } from '../src/components/toast';
import BoardPage from '../src/features/board/board-page';
import { download } from '../src/features/board/download';
import { arrange, cellsAt, filterCount, rowHeight } from '../src/features/board/rows';
import { careFirst } from '../src/features/board/student-sheet';
import type { Board, BoardCell, BoardStudent, Boards, Decision } from '../src/features/board/types';
import type { Stoplight } from '../src/features/report/types';
import { setTransport } from '../src/lib/api';
import { place, replace } from '../src/lib/navigate';
import { me, signedOut } from '../src/lib/session';
import { freshPhone, person, signInHere } from './own-phone';

// A page's parts and texts come from files, and a busy machine may take long for them.
configure({ asyncUtilTimeout: 4_000 });

const ROUND = { id: 'r', name: 'Herfst', state: 'closed', sharing: true } as const;
const WEIGHT: Partial<Record<Stoplight, number>> = { warning: 3, attention: 1 };

function student(id: string, name: string, lights: (Stoplight | null)[], decisions: Decision[] = []): BoardStudent {
  return {
    student: { id, name, list_name: name, initials: 'XX', home_group: 'h3a', apart: null },
    cells: lights.map((stoplight, column) => ({ column, stoplight, until: null })),
    concern: lights.reduce((sum, light) => sum + ((light && WEIGHT[light]) ?? 0), 0),
    decisions,
    agree: true,
  };
}

const decision = (text: string, more: Partial<Decision> = {}): Decision => ({
  id: 'd1',
  text,
  version: 1,
  agreed: false,
  ...more,
});

const board = (more: Partial<Board> = {}): Board => ({
  round: ROUND,
  group: { id: 'g', title: 'h3a', relation: 'leader' },
  columns: ['Engels', 'Frans'],
  students: [
    student('ana', 'Ana Ali', ['on_track', 'attention']),
    student('bo', 'Bo Berg', ['excellent', null]),
    student('cas', 'Cas de Wit', ['warning', 'attention'], [decision('Gesprek met ouders')]),
  ],
  decide: true,
  export: true,
  ...more,
});

const names = (found: Board, filter: Parameters<typeof arrange>[1], sort: Parameters<typeof arrange>[2]) =>
  arrange(found, filter, sort).map(({ row }) => row.student.id);

describe('which students stand on the board', () => {
  it('stands in class-list order, or with who asks for most concern on top', () => {
    expect(names(board(), 'all', 'name')).toEqual(['ana', 'bo', 'cas']);
    expect(names(board(), 'all', 'care')).toEqual(['cas', 'ana', 'bo']);
  });

  it('keeps only those that are asked for, with their numbers in the class list', () => {
    expect(names(board(), 'care', 'name')).toEqual(['ana', 'cas']);
    expect(names(board(), 'warning', 'name')).toEqual(['cas']);
    expect(names(board(), 'undecided', 'name')).toEqual(['ana']);
    expect(arrange(board(), 'warning', 'care')[0]?.number).toBe(3);
    expect(filterCount(board(), 'care')).toBe(2);
  });

  it('keeps equal ones in the order of the class list', () => {
    const same = board({ students: ['a', 'b', 'c'].map((id) => student(id, id, ['attention'])) });
    expect(names(same, 'all', 'care')).toEqual(['a', 'b', 'c']);
  });

  it('puts what a student gets now before what an earlier group gave', () => {
    const row = student('ana', 'Ana', ['excellent']);
    row.cells.push({ column: 0, stoplight: 'attention', until: '2026-10-12' });
    expect(cellsAt(row, 0).map(({ stoplight }) => stoplight)).toEqual(['excellent', 'attention']);
    expect(cellsAt(row, 1)).toEqual([]);
  });

  it('makes rows as high as the screen has room for, and never too small to press', () => {
    expect(rowHeight(10, 800)).toBe(64);
    expect(rowHeight(20, 800)).toBe(40);
    expect(rowHeight(32, 700)).toBe(30);
    expect(rowHeight(0, 800)).toBe(64);
  });

  it('names care first in the sheet of one student', () => {
    const cell = (column: number, stoplight: Stoplight | null): BoardCell => ({ column, stoplight, until: null });
    const cells = [
      cell(0, null),
      cell(1, 'excellent'),
      cell(2, 'warning'),
      cell(3, 'attention'),
      cell(4, 'no_picture'),
    ];
    expect(careFirst(cells).map(({ column }) => column)).toEqual([2, 3, 1, 4, 0]);
  });
});

describe('the page', () => {
  let shown: Board;
  let sent: { what: string; body: unknown; key: string | null; version: string | null }[];
  let refusal: Response | null;
  const boards: Boards = {
    rounds: [ROUND, { ...ROUND, id: 'r0', name: 'Zomer' }],
    groups: [
      { id: 'g', title: 'h3a', relation: 'leader' },
      { id: 'g2', title: 'h3b', relation: 'leader' },
    ],
    export: true,
  };

  function Page() {
    return <BoardPage query={place.value.query} />;
  }

  beforeEach(async () => {
    await freshPhone();
    me.value = person('lea', { navigation: ['students'] });
    await signInHere('lea');
    shown = board();
    sent = [];
    refusal = null;
    replace('/students?board=g&round=r');
    setTransport(async (request) => {
      const path = new URL(request.url).pathname.replace('/api/v1', '');
      if (request.method !== 'GET') {
        const body = await request.text();
        sent.push({
          what: `${request.method} ${path}`,
          body: body ? JSON.parse(body) : null,
          key: request.headers.get('Idempotency-Key'),
          version: request.headers.get('If-Match'),
        });
        return refusal ?? new Response('{"id":"d","version":2,"agreement_id":"a"}', { status: 201 });
      }
      if (path === '/my/boards') return new Response(JSON.stringify(boards));
      if (path === '/rounds/r/home-groups/g/board') return new Response(JSON.stringify(shown));
      if (path === '/rounds/r/students/ana/report')
        return new Response(JSON.stringify({ round: ROUND, student: shown.students[0]?.student, owners: [] }));
      return new Response('{"type":"/problems/not-found","title":"Niet gevonden","detail":""}', {
        status: 404,
        headers: { 'Content-Type': 'application/problem+json' },
      });
    });
  });
  afterEach(() => {
    cleanup();
    delete document.documentElement.dataset.full;
  });

  const rows = () => screen.getAllByRole('row').slice(1);
  const pressed = (name: string | RegExp) => screen.getByRole('button', { name }).getAttribute('aria-pressed');

  it('tells each stoplight in words, and of whom and which subject it is', async () => {
    render(<Page />);
    await screen.findByRole('button', { name: 'Ana Ali' });
    const [ana] = rows();
    expect(within(ana as HTMLElement).getByRole('rowheader').textContent).toBe('Ana Ali');
    expect(
      within(ana as HTMLElement)
        .getAllByRole('img')
        .map((one) => one.getAttribute('aria-label')),
    ).toEqual(['Ga zo door', 'Let op']);
    expect(screen.getAllByRole('columnheader').map((one) => one.textContent)).toEqual([
      'Leerling',
      'Engels',
      'Frans',
      'Besluiten',
    ]);
  });

  it('has filter, order and hidden names in the address', async () => {
    render(<Page />);
    fireEvent.click(await screen.findByRole('button', { name: /Let op of Pas op/ }));
    fireEvent.click(screen.getByRole('radio', { name: 'Zorg eerst' }));
    fireEvent.click(screen.getByRole('button', { name: 'Namen verbergen' }));
    await waitFor(() =>
      expect(rows().map((row) => row.querySelector('th')?.textContent)).toEqual(['Leerling 3', 'Leerling 1']),
    );
    expect(place.value.query).toEqual({ board: 'g', round: 'r', only: 'care', sort: 'care', names: 'off' });
    expect(pressed('Namen verbergen')).toBe('true');
    expect(document.body.textContent).not.toMatch(/Ana|Bo Berg|Cas/);
    fireEvent.click(screen.getByRole('button', { name: 'Leerling 3' }));
    expect(await screen.findByRole('heading', { name: 'Leerling 3' })).toBeTruthy();
    expect(document.body.textContent).not.toMatch(/Cas/);
  });

  it('says so when a filter leaves nobody, and leads back', async () => {
    shown = board({ students: [student('bo', 'Bo Berg', ['excellent'])] });
    replace('/students?board=g&round=r&only=warning');
    render(<Page />);
    expect(await screen.findByText('Niemand heeft Pas op.')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Toon iedereen' }));
    expect(await screen.findByText('Bo Berg')).toBeTruthy();
  });

  it('goes from name to name with the arrows', async () => {
    render(<Page />);
    const first = await screen.findByRole('button', { name: 'Ana Ali' });
    first.focus();
    fireEvent.keyDown(first, { key: 'ArrowDown' });
    expect(document.activeElement?.textContent).toBe('Bo Berg');
    fireEvent.keyDown(document.activeElement as Element, { key: 'ArrowUp' });
    fireEvent.keyDown(document.activeElement as Element, { key: 'ArrowUp' });
    expect(document.activeElement?.textContent).toBe('Ana Ali');
  });

  it('gives the board the whole page where the browser has no full screen, and Escape ends it', async () => {
    render(<Page />);
    fireEvent.click(await screen.findByRole('button', { name: 'Volledig scherm' }));
    expect('full' in document.documentElement.dataset).toBe(true);
    expect(screen.queryByLabelText('Bespreking')).toBeNull();
    fireEvent.keyDown(document, { key: 'Escape' });
    await waitFor(() => expect('full' in document.documentElement.dataset).toBe(false));
  });

  async function open(name: string) {
    render(
      <>
        <Page />
        <Toasts />
      </>,
    );
    fireEvent.click(await screen.findByRole('button', { name }));
    return screen.findByLabelText('Nieuw besluit');
  }

  /** Once it is done with what was pressed before. */
  async function press(name: string) {
    await waitFor(() => expect(screen.getByRole('button', { name }).getAttribute('aria-disabled')).toBe(null));
    fireEvent.click(screen.getByRole('button', { name }));
  }

  it('notes a decision once, whatever happens to the answer', async () => {
    const field = await open('Ana Ali');
    refusal = new Response('', { status: 503 });
    fireEvent.input(field, { target: { value: ' Elke vrijdag langs de mentor ' } });
    fireEvent.click(screen.getByRole('button', { name: 'Noteer' }));
    await waitFor(() => expect(sent.length).toBe(1));
    refusal = null;
    await press('Noteer');
    await waitFor(() => expect(sent.length).toBe(2));
    expect(sent.map(({ what }) => what)).toEqual(Array(2).fill('POST /rounds/r/students/ana/decisions'));
    expect(sent[1]?.body).toEqual({ text: 'Elke vrijdag langs de mentor' });
    expect(sent[0]?.key).toBe(sent[1]?.key);
    await waitFor(() => expect((field as HTMLTextAreaElement).value).toBe(''));
  });

  it('keeps what was typed when the sheet is closed, until it is noted', async () => {
    const field = await open('Ana Ali');
    fireEvent.input(field, { target: { value: 'Bijles wiskunde' } });
    cleanup();
    const again = (await open('Ana Ali')) as HTMLTextAreaElement;
    await waitFor(() => expect(again.value).toBe('Bijles wiskunde'));
    cleanup();
    expect(((await open('Bo Berg')) as HTMLTextAreaElement).value).toBe('');
  });

  it('shows what somebody else wrote meanwhile, and saves over it only when asked again', async () => {
    await open('Cas de Wit');
    fireEvent.click(screen.getByRole('button', { name: 'Wijzig: Gesprek met ouders' }));
    const field = await screen.findByLabelText('Besluit wijzigen');
    fireEvent.input(field, { target: { value: 'Gesprek met zijn vader' } });
    refusal = new Response(
      '{"type":"/problems/stale","title":"x","detail":"y","current":{"text":"Gesprek met opa"},"version":4}',
      { status: 409, headers: { 'Content-Type': 'application/problem+json' } },
    );
    fireEvent.click(screen.getByRole('button', { name: 'Bewaar' }));
    expect(await screen.findByText(/Gesprek met opa/)).toBeTruthy();
    refusal = null;
    await press('Bewaar');
    await waitFor(() => expect(sent.length).toBe(2));
    expect(sent.map(({ version }) => version)).toEqual(['"1"', '"4"']);
  });

  it('makes an agreement of a decision in its own words', async () => {
    shown = board({ students: [student('ana', 'Ana Ali', ['attention'], [decision('Bijles wiskunde')])] });
    await open('Ana Ali');
    fireEvent.click(screen.getByRole('button', { name: /Maak afspraak/ }));
    // A draft of an earlier decision may have the same words.
    const what = (await screen.findByLabelText('Wat spreken jullie af?')) as HTMLTextAreaElement;
    expect(what.value).toBe('Bijles wiskunde');
    fireEvent.input(what, { target: { value: 'Elke dinsdag bijles wiskunde' } });
    fireEvent.click(await screen.findByRole('button', { name: 'Zet erbij' }));
    await waitFor(() => expect(sent.length).toBe(1));
    expect(sent[0]?.what).toBe('POST /decisions/d1/agreement');
    expect(sent[0]?.body).toEqual({
      what: 'Elke dinsdag bijles wiskunde',
      party: 'student',
      owner_id: null,
      due_on: null,
    });
  });

  it('offers nothing to write or take along where that may not be', async () => {
    shown = board({
      decide: false,
      export: false,
      students: [{ ...student('cas', 'Cas', ['warning'], [decision('Al besloten')]), agree: false }],
    });
    render(<Page />);
    fireEvent.click(await screen.findByRole('button', { name: 'Cas' }));
    expect(await screen.findByText('Al besloten')).toBeTruthy();
    expect(screen.queryByLabelText('Nieuw besluit')).toBeNull();
    expect(screen.queryByRole('button', { name: /Wijzig|Verwijder|afspraak|bestand/ })).toBeNull();
  });
});

describe('a file', () => {
  const clicked = vi.fn();

  beforeEach(() => {
    me.value = person('lea');
    signedOut.value = false;
    clicked.mockReset();
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      clicked(this.download, this.href);
    });
  });
  afterEach(() => vi.restoreAllMocks());

  const answer = (response: Response) => vi.spyOn(globalThis, 'fetch').mockResolvedValue(response);

  it('comes for the person of this page, under the name that the server gave', async () => {
    const disposition = 'attachment; filename="feedback-herfst-2026-11-28.xlsx"';
    const asked = answer(new Response('PK', { headers: { 'Content-Disposition': disposition } }));
    await download('/rounds/r/export/feedback?form=xlsx');
    expect(asked.mock.calls[0]?.[0]).toBe('/api/v1/rounds/r/export/feedback?form=xlsx');
    expect(asked.mock.calls[0]?.[1]?.headers).toMatchObject({ 'X-Driehoek-Person': 'lea' });
    expect(clicked).toHaveBeenCalledWith('feedback-herfst-2026-11-28.xlsx', expect.stringMatching(/^blob:/));
  });

  it('is not saved when the server refuses: the reason is told', async () => {
    answer(new Response('{"type":"/problems/still-open","title":"Nog open","detail":"Wacht."}', { status: 409 }));
    await expect(download('/x')).rejects.toMatchObject({ status: 409, title: 'Nog open' });
    answer(new Response('{"title":"Log in"}', { status: 401 }));
    await expect(download('/x')).rejects.toMatchObject({ status: 401 });
    expect(signedOut.value).toBe(true);
    vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('no network'));
    await expect(download('/x')).rejects.toMatchObject({ name: 'ConnectionLost' });
    expect(clicked).not.toHaveBeenCalled();
  });
});
