import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isFixed, STEPS, stepOf } from '../src/features/organise/form-steps';
import { RoundForm, type RoundFormProps } from '../src/features/organise/round-form';
import type { AudiencePreview, MailPreview, RoundBody, Timing } from '../src/features/organise/types';
import { ApiProblem, setTransport } from '../src/lib/api';

const CHOICES = {
  levels: ['havo'],
  years: [3, 4],
  home_groups: [{ id: 'h3a', title: 'h3a', level: 'havo', year: 3, students: 28 }],
  subjects: [{ id: 'pe', code: 'lo', name: 'Gym' }],
};
const START: RoundBody = {
  name: 'Winterronde',
  explanation: '',
  deadline: '2026-12-11T15:00:00Z',
  mentors_watch: false,
  sharing: true,
  reminders: [14, 2, 0],
  required: {
    excellent: { remark: false, action: false },
    on_track: { remark: false, action: false },
    attention: { remark: true, action: true },
    warning: { remark: true, action: true },
  },
};
const PREVIEW: AudiencePreview = {
  students: 28,
  groups: 11,
  teachers: 2,
  pairs: 308,
  groups_without_teacher: ['h3a.wi'],
  workload: [
    { id: 'a', name: 'Mia Maths', students: 251, groups: 9, heavy: true },
    { id: 'b', name: 'Dirk de Dutch', students: 28, groups: 1, heavy: false },
  ],
};
const TIMING: Timing = {
  reminders: [
    { days: 2, at: '2026-12-09T14:30:00Z', comes: true },
    { days: 0, at: '2026-12-09T14:30:00Z', comes: false },
  ],
  school_days: 10,
  holidays: [{ name: 'Kerstvakantie', first: '2026-12-19', last: '2027-01-03' }],
  deadline_free: true,
  deadline_holiday: 'Kerstvakantie',
};
const MAIL: MailPreview = {
  mailing: 'opened',
  subject: 'Er is een bespreking open',
  title: 'Er is een bespreking open',
  text: 'Je kunt 120 leerlingen feedback geven.',
  own: 'Fijn dat je meedoet.',
  button: 'Naar je besprekingen',
  footer: 'Je krijgt deze mail omdat.',
};

let asked: Record<string, unknown>;

beforeEach(() => {
  sessionStorage.clear();
  asked = {};
  setTransport(async (request) => {
    const path = new URL(request.url).pathname.replace('/api/v1/rounds/', '');
    asked[path] = await request.json();
    const answer = { preview: PREVIEW, timing: TIMING, mails: [MAIL] }[path];
    return new Response(JSON.stringify(answer), { headers: { 'Content-Type': 'application/json' } });
  });
});
afterEach(cleanup);

function form(onSave: RoundFormProps['onSave'], more: Partial<RoundFormProps> = {}) {
  render(<RoundForm start={START} choices={CHOICES} draftKey="test" onSave={onSave} {...more} />);
  return (name: string) => screen.getByRole('button', { name });
}
const step = (name: string) =>
  fireEvent.click(within(screen.getByRole('navigation', { name: 'Stappen' })).getByRole('button', { name }));
const refusal = (pointer: string, detail: string) =>
  new ApiProblem(422, {
    type: '/problems/invalid',
    title: 'Dit klopt niet',
    status: 422,
    detail: 'Kijk het na.',
    errors: [{ pointer, code: 'x', detail }],
  });

describe('the way through the form', () => {
  it('walks from step to step and can go straight to the last one', () => {
    const button = form(async () => true, { fresh: true });
    expect(screen.getByText('Stap 1 van 6')).toBeTruthy();
    fireEvent.click(button('Verder'));
    expect(screen.getByRole('heading', { name: 'Voor wie' })).toBe(document.activeElement);
    fireEvent.click(button('Meteen nakijken'));
    expect(screen.getByRole('heading', { name: 'Nakijken' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Verder' })).toBeNull();
  });

  it('shows on the last step what the round is, and each line leads to its step', () => {
    form(async () => true, { fresh: true });
    step('Nakijken');
    const plan = within(screen.getByRole('list', { name: 'Jouw bespreking' }));
    expect(plan.getByText('De hele school')).toBeTruthy();
    expect(plan.getByText(/Tekst verplicht bij Let op, Pas op/)).toBeTruthy();
    fireEvent.click(plan.getByRole('button', { name: /Voor wie/ }));
    expect(screen.getByRole('heading', { name: 'Voor wie' })).toBeTruthy();
  });

  it('says on the last step too that the deadline falls on a day without school', async () => {
    form(async () => true, { fresh: true });
    fireEvent.click(screen.getByRole('button', { name: 'Meteen nakijken' }));
    expect(await screen.findByText('De deadline valt in de vakantie (Kerstvakantie).')).toBeTruthy();
  });

  it('goes to the step of what was refused and says it at the field', async () => {
    const button = form(() => Promise.reject(refusal('/required_by_year/0/year', 'Dit staat er twee keer.')));
    fireEvent.click(button('Bewaar'));
    expect(await screen.findByRole('heading', { name: 'Wat je vraagt' })).toBeTruthy();
    expect(screen.getByText('Dit staat er twee keer.')).toBeTruthy();
    expect(screen.getByRole('button', { name: /Wat je vraagt.*hier klopt iets niet/ })).toBeTruthy();
  });

  it('keeps what was typed when the page is left, and forgets it once it is saved', async () => {
    form(async () => true);
    fireEvent.input(screen.getByLabelText('Naam'), { target: { value: 'Lente' } });
    cleanup();
    const button = form(async () => true);
    expect(screen.getByLabelText<HTMLInputElement>('Naam').value).toBe('Lente');
    fireEvent.click(button('Bewaar'));
    await waitFor(() => expect(sessionStorage.getItem('test')).toBeNull());
  });

  it('keeps it too when one does not want to open after all', async () => {
    const button = form(async () => false, { fresh: true });
    fireEvent.input(screen.getByLabelText('Naam'), { target: { value: 'Lente' } });
    step('Nakijken');
    fireEvent.click(button('Open de bespreking'));
    await Promise.resolve();
    expect(sessionStorage.getItem('test')).not.toBeNull();
  });

  it('opens at once, or keeps a draft; a round that opens by itself is kept only', async () => {
    const saved: [string | null | undefined, boolean][] = [];
    const save: RoundFormProps['onSave'] = async (body, open) => {
      saved.push([body.opens_at, open]);
      return true;
    };
    const button = form(save, { fresh: true });
    step('Nakijken');
    fireEvent.click(button('Open de bespreking'));
    fireEvent.click(button('Bewaar als concept'));
    cleanup();
    const later = form(save, { fresh: true, start: { ...START, opens_at: '2026-12-01T08:00:00Z' } });
    step('Nakijken');
    expect(screen.queryByRole('button', { name: 'Open de bespreking' })).toBeNull();
    fireEvent.click(later('Bewaar als concept'));
    await waitFor(() =>
      expect(saved).toEqual([
        [undefined, true],
        [undefined, false],
        ['2026-12-01T08:00:00Z', false],
      ]),
    );
  });
});

describe('when', () => {
  it('reminds as many school days before the deadline as are chosen', async () => {
    const saved: RoundBody[] = [];
    const button = form(async (body) => saved.push(body) > 0);
    step('Wanneer');
    expect(button('14 schooldagen ervoor').getAttribute('aria-pressed')).toBe('true');
    expect(button('op de dag zelf').getAttribute('aria-pressed')).toBe('true');
    fireEvent.click(button('op de dag zelf'));
    fireEvent.click(button('1 schooldag ervoor'));
    expect(button('op de dag zelf').getAttribute('aria-pressed')).toBe('false');
    fireEvent.click(button('Bewaar'));
    await vi.waitFor(() => expect(saved.map((body) => body.reminders)).toEqual([[14, 2, 1]]));
  });

  it('says at the reminders what is wrong with them', async () => {
    const button = form(() => Promise.reject(refusal('/reminders', 'Kies er hooguit vijf.')));
    fireEvent.click(button('Bewaar'));
    expect(await screen.findByText('Kies er hooguit vijf.')).toBeTruthy();
  });

  it('shows the moments, the holidays, and a deadline without school', async () => {
    form(async () => true);
    step('Wanneer');
    expect(await screen.findByText('De deadline valt in de vakantie (Kerstvakantie).')).toBeTruthy();
    expect(screen.getByText('Docenten hebben 10 schooldagen om in te vullen.')).toBeTruthy();
    expect(screen.getByText('Vrij van 19 december tot en met 3 januari 2027: Kerstvakantie')).toBeTruthy();
    const moments = within(screen.getByRole('list', { name: 'Wanneer de herinneringen gaan' }));
    expect(moments.getByText('2 schooldagen ervoor')).toBeTruthy();
    expect(moments.getByText(/^op de dag zelf: gaat niet uit/)).toBeTruthy();
    expect(asked.timing).toEqual({ deadline: START.deadline, opens_at: null, reminders: [14, 2, 0] });
  });
});

describe('what is asked', () => {
  it('lets a year begin with the rules of the round and differ from there', async () => {
    const saved: RoundBody[] = [];
    const button = form(async (body) => saved.push(body) > 0);
    step('Wat je vraagt');
    fireEvent.click(button('leerjaar 4'));
    fireEvent.click(button('leerjaar 3'));
    const third = within(screen.getByRole('group', { name: 'Leerjaar 3' }));
    const warning = within(third.getByRole('group', { name: 'Pas op' }));
    expect(warning.getByLabelText<HTMLInputElement>('Opmerking').checked).toBe(true);
    fireEvent.click(warning.getByLabelText('Opmerking'));
    fireEvent.click(button('leerjaar 4'));
    fireEvent.click(button('Bewaar'));
    await waitFor(() => expect(saved).toHaveLength(1));
    expect(saved[0]?.required_by_year).toEqual([
      { year: 3, required: { ...START.required, warning: { remark: false, action: true } } },
    ]);
    expect(saved[0]?.required?.warning).toEqual({ remark: true, action: true });
  });

  it.each(['partly', 'closed'] as const)('is fixed when the round is %s', (stage) => {
    const button = form(async () => true, { stage });
    step('Wat je vraagt');
    for (const box of screen.getAllByRole<HTMLInputElement>('checkbox')) expect(box.disabled).toBe(true);
    expect((button('leerjaar 3') as HTMLButtonElement).disabled).toBe(true);
    step('Voor wie');
    expect((button('havo') as HTMLButtonElement).disabled).toBe(true);
  });

  it('may change while the round is open', () => {
    const button = form(async () => true, { stage: 'open' });
    step('Wat je vraagt');
    expect((button('leerjaar 3') as HTMLButtonElement).disabled).toBe(false);
    step('Voor wie');
    expect((button('havo') as HTMLButtonElement).disabled).toBe(false);
    step('Wanneer');
    expect(screen.getByLabelText<HTMLInputElement>('Open vanzelf op').disabled).toBe(true);
  });
});

describe('own words', () => {
  it('stand in the mail as it will arrive', async () => {
    const saved: RoundBody[] = [];
    const button = form(async (body) => saved.push(body) > 0);
    step('Berichten');
    fireEvent.input(screen.getByLabelText('Jouw woorden'), { target: { value: 'Fijn dat je meedoet.' } });
    const mail = within(await screen.findByRole('region', { name: 'Zo komt de mail aan' }));
    expect(mail.getByText('Onderwerp: Er is een bespreking open')).toBeTruthy();
    expect(mail.getByText('Fijn dat je meedoet.')).toBeTruthy();
    fireEvent.click(button('Na sluiten'));
    fireEvent.input(screen.getByLabelText('Jouw woorden'), { target: { value: 'Bedankt.' } });
    fireEvent.click(button('Bewaar'));
    await waitFor(() =>
      expect(saved[0]?.words).toEqual({ opened: 'Fijn dat je meedoet.', reminder: '', closed: 'Bedankt.' }),
    );
  });

  it('that are refused are shown where they stand', async () => {
    const button = form(() => Promise.reject(refusal('/words/closed', 'Haal de naam weg.')));
    fireEvent.click(button('Bewaar'));
    expect(await screen.findByText('Haal de naam weg.')).toBeTruthy();
    expect(button('Na sluiten').getAttribute('aria-pressed')).toBe('true');
  });
});

describe('before opening', () => {
  it('tells what each teacher will have to do, and who has too much', async () => {
    form(async () => true, { fresh: true });
    step('Nakijken');
    expect(await screen.findByText('Mia Maths heeft meer dan 250 leerlingen. Overleg van tevoren.')).toBeTruthy();
    expect(screen.getByText('Zonder docent: h3a.wi.')).toBeTruthy();
    const row = screen.getByRole('row', { name: /Dirk de Dutch/ });
    expect(
      within(row)
        .getAllByRole('cell')
        .map((cell) => cell.textContent),
    ).toEqual(['1', '28']);
  });

  it('says that nobody is in it', async () => {
    setTransport(async () => new Response(JSON.stringify({ ...PREVIEW, pairs: 0, workload: [] })));
    form(async () => true, { fresh: true });
    step('Nakijken');
    expect(await screen.findByText('In deze selectie zit nog niemand. Kies ruimer.')).toBeTruthy();
    expect(screen.queryByRole('table')).toBeNull();
  });
});

describe('steps', () => {
  it('each field of a refusal has its step', () => {
    const fields = Object.keys(START).filter((name) => name !== 'based_on');
    for (const name of [...fields, 'required_by_year', 'words', 'audience']) {
      expect(STEPS, name).toContain(stepOf(`/${name}`));
    }
    expect(stepOf('/audience/levels/0')).toBe('who');
    expect(stepOf('')).toBeUndefined();
  });

  it('only what was closed is fixed', () => {
    expect((['draft', 'open', 'partly', 'closed'] as const).map(isFixed)).toEqual([false, false, true, true]);
  });
});
