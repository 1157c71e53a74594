import { cleanup, fireEvent, render, screen, within } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';
import en from '../messages/en.json';
import nl from '../messages/nl.json';
import FiguresPage from '../src/features/figures/figures-page';
import type { FigureRound, Figures } from '../src/features/figures/types';
import { address, asked, concern, decimal, percents, splitOf } from '../src/features/figures/words';
import { setTransport } from '../src/lib/api';
import { setMessages } from '../src/lib/i18n';
import { place, replace } from '../src/lib/navigate';

const LIGHTS = { excellent: 10, on_track: 50, attention: 30, warning: 10 };
const LAST: FigureRound = {
  id: 'r2',
  name: 'Winterronde',
  state: 'closed',
  closed_at: '2026-11-20T15:00:00Z',
  sharing: true,
};
const FIRST = { ...LAST, id: 'r1', name: 'Najaarsronde', closed_at: '2026-10-02T14:00:00Z' };
const FIGURES = {
  rounds: [LAST, FIRST],
  round: LAST,
  whole_school: true,
  fewest: 5,
  choices: {
    years: [3, 4],
    levels: ['havo'],
    subjects: [{ id: 's1', name: 'Wiskunde' }],
    groups: [{ id: 'g1', name: 'h3a.wi' }],
  },
  left_out: 2,
  lights: LIGHTS,
  split: {
    years: [
      { name: '3', lights: { excellent: 0, on_track: 60, attention: 30, warning: 10 } },
      { name: '', lights: { excellent: 10, on_track: 40, attention: 0, warning: 0 } },
    ],
    levels: [{ name: 'havo', lights: LIGHTS }],
    subjects: [{ name: 'Wiskunde', lights: LIGHTS }],
    groups: null,
  },
  earlier: [{ round: FIRST, lights: { excellent: 0, on_track: 50, attention: 25, warning: 25 } }],
  completeness: { complete: 90, incomplete: 4, nothing: 6, all_there: 3, most: 1, half: 0, less: 1 },
  cycle: {
    total: { students: 50, shared: 48, planned: 40, talked: 33 },
    homes: [{ name: 'h3a', steps: { students: 25, shared: 24, planned: 20, talked: 16 } }],
    waits: { share: { students: 48, days: 2.5 }, plan: { students: 40, days: 1 }, talk: null },
  },
} satisfies Figures;

/** The page in an address, as the app shows it; what it asked the server. */
function open(answer: (path: string) => unknown = () => FIGURES): string[] {
  const paths: string[] = [];
  setTransport(async (request) => {
    const { pathname, search } = new URL(request.url);
    paths.push(pathname.replace('/api/v1', '') + search);
    const body = answer(search);
    return body instanceof Response ? body : Response.json(body);
  });
  function Shown() {
    return <FiguresPage path={place.value.path} query={place.value.query} />;
  }
  render(<Shown />);
  return paths;
}

beforeEach(() => {
  setMessages('nl', nl);
  replace('/organise/figures');
});
afterEach(cleanup);

describe('words', () => {
  test('percents are whole and add up to a hundred, whatever the numbers', () => {
    expect(percents([1, 1, 1])).toEqual([34, 33, 33]);
    expect(percents([0, 0])).toEqual([0, 0]);
    expect(percents([2, 0, 1, 4])).toEqual([29, 0, 14, 57]);
    for (let at = 0; at < 200; at += 1) {
      const some = [at % 7, (at * 5) % 11, (at * 3) % 13, 1];
      const found = percents(some);
      expect(found.reduce((total, n) => total + n, 0)).toBe(100);
      const total = some.reduce((all, n) => all + n, 0);
      for (const [place, n] of found.entries())
        expect(Math.abs(n - ((some[place] ?? 0) * 100) / total)).toBeLessThan(1);
    }
  });

  test('the parts to worry about are those of the legend', () => {
    expect(concern(LIGHTS)).toBe(40);
  });

  test('filters stand in the address, and only filters are asked', () => {
    const query = { round: 'r1', year: '3', group: 'g1', by: 'subject', odd: 'x' };
    expect(asked(query)).toBe('/figures?round=r1&year=3&group=g1');
    expect(asked({})).toBe('/figures');
    expect(address(query, { by: 'level' })).toBe('/organise/figures?round=r1&year=3&group=g1&by=level');
    expect(address(query, { group: '' })).toBe('/organise/figures?round=r1&year=3&by=subject');
    expect(address({}, {})).toBe('/organise/figures');
  });

  test('a group goes with the year, level, subject or round that it belongs to', () => {
    for (const change of [{ year: '4' }, { level: 'vwo' }, { subject: 's1' }, { round: 'r2' }]) {
      expect(address({ group: 'g1' }, change)).not.toContain('g1');
    }
  });

  test('an odd split is by year', () => {
    expect(splitOf({ by: 'teacher' })).toBe('year');
    expect(splitOf({ by: 'group' })).toBe('group');
  });

  test('a half is written as the reader writes it', () => {
    expect(decimal(2.5)).toBe('2,5');
    setMessages('en', en);
    expect(decimal(2.5)).toBe('2.5');
  });
});

describe('the page', () => {
  it('says in a sentence what each picture shows', async () => {
    open();
    const said = [
      'Van 100 stoplichten is 10% Excellent, 50% Ga zo door, 30% Let op en 10% Pas op.',
      'Let op en Pas op zijn samen 40%. Dat is minder dan bij Najaarsronde: toen was het 50%.',
      'Let op en Pas op liggen samen tussen 0% en 40%. De volgorde is die van de naam.',
      'Er wordt 100 keer feedback gevraagd. Daarvan is 90% compleet: 90 zijn klaar, 4 begonnen en 6 nog leeg.',
      'Van 5 groepen hebben er 3 alles klaar.',
      'Van 50 leerlingen is bij 48 de feedback gedeeld, hebben er 40 een plan ingeleverd en is met 33 het gesprek gevoerd.',
      'Binnen deze tijd had de helft van de leerlingen de stap gezet.',
    ];
    for (const sentence of said) {
      expect(await screen.findByText(sentence)).toBeTruthy();
      expect(screen.getByRole('img', { name: sentence })).toBeTruthy();
    }
    expect(screen.getByText(/minder dan 5 leerlingen telt nergens in mee/).textContent).toContain('zijn dat 2 groepen');
  });

  it('has the numbers of each picture in a table, every stoplight with its word', async () => {
    open();
    await screen.findByText('De hele school');
    const tables = screen.getAllByRole('table', { hidden: true });
    expect(tables).toHaveLength(screen.getAllByRole('img').length);
    const split = tables.find((table) => within(table).queryByText('Leerjaar 3'));
    const rows = within(split as HTMLElement).getAllByRole('row', { hidden: true });
    expect(rows.map((row) => row.textContent?.replaceAll(/\s+/g, ' '))).toEqual([
      'LeerjaarStoplichtenExcellentGa zo doorLet opPas op',
      'Leerjaar 31000 (0%)60 (60%)30 (30%)10 (10%)',
      'Onbekend5010 (20%)40 (80%)0 (0%)0 (0%)',
    ]);
  });

  it('puts a filter into the address and asks again, with the old figures still there', async () => {
    const paths = open();
    const year = (await screen.findByLabelText('Leerjaar', { selector: 'select' })) as HTMLSelectElement;
    year.focus();
    fireEvent.change(year, { target: { value: '4' } });
    expect(place.value.query).toEqual({ year: '4' });
    expect(document.activeElement).toBe(year);
    await vi.waitFor(() => expect(paths).toEqual(['/figures', '/figures?year=4']));
    fireEvent.click(await screen.findByRole('button', { name: 'Wis de filters' }));
    expect(place.value.query).toEqual({});
    expect(screen.queryByRole('button', { name: 'Wis de filters' })).toBeNull();
  });

  it('splits by what is chosen, without asking again', async () => {
    const paths = open();
    fireEvent.click(await screen.findByRole('radio', { name: 'Lesgroep' }));
    expect(place.value.query).toEqual({ by: 'group' });
    expect(await screen.findByText(/te veel groepen voor één plaatje/)).toBeTruthy();
    fireEvent.click(screen.getByRole('radio', { name: 'Niveau' }));
    expect(await screen.findByText('Let op en Pas op zijn samen overal 40%.')).toBeTruthy();
    expect(paths).toEqual(['/figures']);
  });

  it('says why there are no stoplights', async () => {
    const none = { ...FIGURES, lights: null, earlier: [], completeness: null, cycle: null, left_out: 0 };
    open(() => ({ ...none, round: { ...LAST, state: 'open', closed_at: null } }));
    expect(await screen.findByText(/nog open/)).toBeTruthy();
    cleanup();
    open(() => none);
    expect(await screen.findAllByText(/te weinig leerlingen/)).toHaveLength(2);
    expect(screen.queryAllByRole('img')).toEqual([]);
  });

  it('says to a leader whose figures these are, and that subjects do not narrow what became of reports', async () => {
    replace('/organise/figures?subject=s1');
    open(() => ({ ...FIGURES, whole_school: false }));
    expect(await screen.findByText('De leerlingen die jij als teamleider volgt')).toBeTruthy();
    expect(screen.getByText(/gaan over alle vakken samen/)).toBeTruthy();
  });

  it('shows that something is chosen which this round does not have', async () => {
    replace('/organise/figures?group=g9');
    open();
    const group = (await screen.findByLabelText('Lesgroep', { selector: 'select' })) as HTMLSelectElement;
    expect([group.value, group.selectedOptions[0]?.textContent]).toEqual(['g9', 'Onbekend']);
  });

  it('waits for the first round, and does not exist for others', async () => {
    open(() => ({ ...FIGURES, round: null, rounds: [] }));
    expect(await screen.findByText('Nog geen cijfers')).toBeTruthy();
    cleanup();
    open(() => Response.json({ title: 'Niet gevonden', status: 404 }, { status: 404 }));
    expect(await screen.findByText(nl['not_found.title'])).toBeTruthy();
  });
});
