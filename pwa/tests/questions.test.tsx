import { cleanup, configure, fireEvent, render, screen, waitFor, within } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Toasts } from '../src/components/toast';
import { StudentReport } from '../src/features/report/student-report';
import type { Question, Report, SubjectFeedback } from '../src/features/report/types';
import Questions from '../src/features/rounds/questions';
import { setTransport } from '../src/lib/api';
import { me } from '../src/lib/session';
import { freshPhone, person } from './own-phone';

// A page's parts and texts come from files, and a busy machine may take long for them.
configure({ asyncUtilTimeout: 4_000 });

const AT = '2026-11-20T10:00:00Z';
let answers: Record<string, unknown>;
let log: string[];

beforeEach(async () => {
  await freshPhone();
  answers = {};
  log = [];
  setTransport(async (request) => {
    const path = new URL(request.url).pathname.replace('/api/v1', '');
    const what = request.method === 'GET' ? path : `${request.method} ${path} ${await request.text()}`;
    log.push(what);
    const found = answers[what];
    return new Response(JSON.stringify(found ?? {}), { status: found === undefined ? 404 : 200 });
  });
  me.value = person('ana', { navigation: ['reports'] });
});
afterEach(cleanup);

const card = (id: string, name: string) => ({
  id,
  name,
  list_name: name,
  initials: 'AB',
  home_group: null,
  apart: null,
});

describe('the student', () => {
  const subject = (name: string): SubjectFeedback => ({
    feedback_id: name.toLowerCase(),
    subject_id: `subject-${name}`,
    subject: name,
    group: 'h4a',
    teachers: ['Bo Berg'],
    stoplight: 'attention',
    remark: 'Je begint laat.',
    action: '',
    complete: true,
    was: null,
    until: null,
    mine: false,
  });
  const can = { share: false, recall: false, write_message: false, write_agreements: false, conclude: false };
  const report = (more: Partial<Report> = {}): Report => ({
    student: card('ana', 'Ana Ali'),
    round: { id: 'r', name: 'Herfst', state: 'closed', sharing: true },
    relation: 'student',
    progress: null,
    subjects: [subject('Engels'), subject('Frans')],
    message: null,
    decisions: [],
    share: { number: 1, shared_at: AT, guardians: false, recall_until: null, changed_since: false },
    readers: [],
    plan: null,
    agreements: [],
    owners: [],
    questions: [],
    can: { ...can, write_plan: false, confirm: false, ask: true, decide: false },
    ...more,
  });
  const question = (asked: string | null, answered: string | null = null): Question => ({
    feedback_id: 'engels',
    asked_at: asked,
    answered_at: answered,
  });
  const path = 'PUT /rounds/r/students/ana/feedback/engels/question';
  const button = (name: string) => screen.findByRole('button', { name });

  it('asks with one tap, sees that it was asked, and takes it back', async () => {
    answers[`${path} {"on":true}`] = question(AT);
    answers[`${path} {"on":false}`] = question(null);
    const reload = vi.fn();
    render(<StudentReport report={report()} reload={reload} />);
    fireEvent.click(await button('Ik heb een vraag over Engels'));
    const back = await button('Haal terug: je vraag over Engels');
    expect(screen.getByText('Gevraagd. Jullie praten erover.').getAttribute('role')).toBe('status');
    expect(reload).toHaveBeenCalledTimes(1);
    expect(screen.getByRole('button', { name: 'Ik heb een vraag over Frans' })).toBeTruthy();
    fireEvent.click(back);
    await button('Ik heb een vraag over Engels');
    expect(screen.queryByText('Gevraagd. Jullie praten erover.')).toBeNull();
    expect(log).toEqual([`${path} {"on":true}`, `${path} {"on":false}`]);
  });

  it('sees what the report says as soon as it comes anew', async () => {
    answers[`${path} {"on":true}`] = question(AT);
    const page = render(<StudentReport report={report()} reload={() => undefined} />);
    fireEvent.click(await button('Ik heb een vraag over Engels'));
    await button('Haal terug: je vraag over Engels');
    page.rerender(<StudentReport report={report({ questions: [question(AT, AT)] })} reload={() => undefined} />);
    expect(await screen.findByText('Beantwoord')).toBeTruthy();
    expect(await button('Nog een vraag over Engels')).toBeTruthy();
  });

  it('keeps the button when nothing came through, and is told so', async () => {
    render(
      <>
        <StudentReport report={report()} reload={() => undefined} />
        <Toasts />
      </>,
    );
    fireEvent.click(await button('Ik heb een vraag over Engels'));
    await waitFor(() => expect(document.querySelector('.toast')).not.toBeNull());
    expect(await button('Ik heb een vraag over Engels')).toBeTruthy();
  });

  it('reads in an archived round what came of it, and asks nothing more', async () => {
    const before = report({ questions: [question(AT, AT)] });
    render(<StudentReport report={{ ...before, can: { ...before.can, ask: false } }} reload={() => undefined} />);
    expect(await screen.findByText('Beantwoord')).toBeTruthy();
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('has no question where a guardian reads', () => {
    const before = report({ relation: 'guardian' });
    render(<StudentReport report={{ ...before, can: { ...before.can, ask: false } }} reload={() => undefined} />);
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('opens a copy of a report that knows of no questions yet', () => {
    const { questions: _, ...old } = report();
    const { ask: __, ...could } = old.can;
    render(<StudentReport report={{ ...old, can: could } as Report} reload={() => undefined} />);
    expect(screen.getByText('Engels')).toBeTruthy();
    expect(screen.queryByRole('button')).toBeNull();
  });
});

describe('the teacher', () => {
  const one = (id: string, name: string, answered: string | null = null) => ({
    id,
    student: card(`s-${id}`, name),
    round_id: 'r',
    round_name: 'Herfst',
    subject: 'Engels',
    group: 'h4a-en',
    asked_at: AT,
    answered_at: answered,
  });

  it('sees who has a question, says that it was answered, and that it was not', async () => {
    answers['/my/questions'] = [one('1', 'Ana Ali'), one('2', 'Ben Bos'), one('3', 'Cas Cohen', AT)];
    answers['PUT /my/questions/1 {"answered":true}'] = { id: '1', answered_at: AT };
    answers['PUT /my/questions/1 {"answered":false}'] = { id: '1', answered_at: null };
    render(<Questions />);
    const list = await screen.findByRole('region', { name: 'Vragen van leerlingen' });
    expect(
      within(list)
        .getAllByRole('link')
        .map((link) => link.textContent),
    ).toEqual(['Ana Ali', 'Ben Bos']);
    expect(within(list).getByText('Ana Ali').getAttribute('href')).toBe('/rounds/r/students/s-1');
    expect(list.textContent).toContain('Engels · h4a-en · Herfst · 20 november');
    fireEvent.click(within(list).getByRole('button', { name: 'Beantwoord: de vraag van Ana Ali' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Toch niet beantwoord: de vraag van Ana Ali' }));
    await screen.findByRole('button', { name: 'Beantwoord: de vraag van Ana Ali' });
    expect(log.slice(1)).toEqual(['PUT /my/questions/1 {"answered":true}', 'PUT /my/questions/1 {"answered":false}']);
  });

  it('looks again when a question was taken back meanwhile', async () => {
    answers['/my/questions'] = [one('1', 'Ana Ali')];
    render(<Questions />);
    const button = await screen.findByRole('button', { name: 'Beantwoord: de vraag van Ana Ali' });
    answers['/my/questions'] = [];
    fireEvent.click(button);
    await waitFor(() => expect(screen.queryByRole('region')).toBeNull());
  });

  it('has nothing on the page without questions', async () => {
    answers['/my/questions'] = [one('3', 'Cas Cohen', AT)];
    const { container } = render(<Questions />);
    await waitFor(() => expect(log).toEqual(['/my/questions']));
    expect(container.textContent).toBe('');
  });
});
