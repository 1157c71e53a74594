import { cleanup, configure, fireEvent, render, screen, waitFor, within } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Questions } from '../src/components/confirm';
import { Toasts } from '../src/components/toast';
import { CloseSheet, ReopenSheet } from '../src/features/organise/act-sheets';
import { departmentsOf } from '../src/features/organise/departments';
import { followRound } from '../src/features/organise/follow-round';
import { ProgressPart } from '../src/features/organise/progress-part';
import type {
  GroupProgress,
  HomeGroupProgress,
  RoundDetail,
  RoundProgress,
  StudentsProgress,
  TeacherProgress,
} from '../src/features/organise/types';
import { setTransport } from '../src/lib/api';
import { me } from '../src/lib/session';
import { freshPhone, person } from './own-phone';

// A page's parts and texts come from files, and a busy machine may take long for them.
configure({ asyncUtilTimeout: 4_000 });

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
    return new Response(JSON.stringify(found ?? {}), { status: found === undefined ? 404 : 200 });
  });
  me.value = person('olga', { navigation: ['organise'] });
});
afterEach(cleanup);

const DETAIL = { id: 'r', name: 'Herfst', state: 'open', closes_at: null, only_groups: null } as RoundDetail;
const group = (title: string, done: number, more: Partial<GroupProgress> = {}): GroupProgress => ({
  id: title,
  title,
  subject: 'Nederlands',
  teachers: ['Dirk de Dutch'],
  stand_ins: [],
  done,
  incomplete: 0,
  total: 28,
  open: true,
  late: 0,
  ...more,
});
const home = (title: string, level: string, year: number | null): HomeGroupProgress => ({
  id: title || null,
  title,
  level,
  year,
  students: 28,
  done: 10,
  incomplete: 1,
  total: 28,
});
function progressOf(groups: GroupProgress[], home_groups: HomeGroupProgress[] = []): RoundProgress {
  const sum = (pick: (one: GroupProgress) => number) => groups.reduce((all, one) => all + pick(one), 0);
  return {
    students: 28,
    pairs: sum((one) => one.total),
    done: sum((one) => one.done),
    incomplete: sum((one) => one.incomplete),
    groups,
    home_groups,
    teachers: [{ id: 't', name: 'Dirk de Dutch', done: 1, incomplete: 0, total: 28, reminded: false }],
    late_writes: sum((one) => one.late),
  };
}
const part = (progress: RoundProgress, detail = DETAIL, onChanged = vi.fn()) =>
  render(
    <>
      <ProgressPart detail={detail} progress={progress} onChanged={onChanged} />
      <Questions />
      <Toasts />
    </>,
  );
const button = (name: string | RegExp) => screen.findByRole('button', { name });

describe('how far a round is', () => {
  it('is told in three parts, with words beside the colours', () => {
    part(progressOf([group('a', 28), group('b', 3, { incomplete: 2 })]));
    expect(screen.getByText('31 van 56 ingevuld')).toBeTruthy();
    expect(screen.getByRole('img', { name: '31 compleet, 2 onvolledig, 23 nog niets' })).toBeTruthy();
  });

  it('shows who is not ready, who misses most first, and all when asked', async () => {
    part(progressOf([group('a', 28), group('b', 20), group('c', 3)]));
    const titles = () =>
      screen.getAllByRole('listitem').map((one) => one.querySelector('.list-row-title')?.textContent);
    expect(titles().filter(Boolean)).toEqual(['c · Nederlands', 'b · Nederlands']);
    fireEvent.click(screen.getByLabelText('Alles'));
    expect(titles().filter(Boolean)).toEqual(['c · Nederlands', 'b · Nederlands', 'a · Nederlands']);
  });

  it('finds one group among many by its teacher, and shows all of them only when asked', async () => {
    const many = Array.from({ length: 60 }, (_, n) => group(`g${n}`, 1, n === 50 ? { teachers: ['Mia Maths'] } : {}));
    part(progressOf(many));
    expect(screen.getAllByText('1 van 28')).toHaveLength(40);
    fireEvent.click(await button('Toon alle 60'));
    expect(screen.getAllByText('1 van 28')).toHaveLength(60);
    fireEvent.input(screen.getByRole('searchbox'), { target: { value: 'maths' } });
    expect(screen.getAllByText('1 van 28')).toHaveLength(1);
    expect(screen.getByText('g50 · Nederlands')).toBeTruthy();
  });

  it('puts home groups into departments by level and year', () => {
    const found = departmentsOf([
      home('v4a', 'vwo', 4),
      home('h3b', 'havo', 3),
      home('h3a', 'havo', 3),
      home('', '', null),
    ]);
    expect(found.map(({ name, groups, done, total }) => [name, groups.length, done, total])).toEqual([
      ['havo 3', 2, 20, 56],
      ['vwo 4', 1, 10, 28],
      ['Zonder klas', 1, 10, 28],
    ]);
  });

  it('counts the students of a home group, and says of whom it does not', async () => {
    const card = (name: string) => ({
      id: name,
      name,
      list_name: name,
      initials: 'AB',
      home_group: 'h3a',
      apart: null,
    });
    answers['/rounds/r/progress/home-groups/h3a'] = {
      students: [
        { student: card('Ana Ali'), done: 9, incomplete: 0, total: 11 },
        { student: card('Bo Berg'), done: 2, incomplete: 1, total: 11 },
      ],
      withheld: 5,
    } satisfies StudentsProgress;
    part(progressOf([group('a', 3)], [home('h3a', 'havo', 3)]));
    fireEvent.click(screen.getByRole('tab', { name: 'Afdelingen' }));
    fireEvent.click(await button('Leerlingen van h3a'));
    const sheet = within(await screen.findByRole('dialog'));
    await sheet.findByText(/5 leerlingen staan hier niet bij/);
    const names = sheet.getAllByRole('listitem').map((one) => one.querySelector('.list-row-title')?.textContent);
    expect(names).toEqual(['Bo Berg', 'Ana Ali']);
  });

  it('says what became of late texts', async () => {
    const onChanged = vi.fn();
    const closed = { ...DETAIL, state: 'closed' } as RoundDetail;
    answers['POST /rounds/r/late-writes/accept {"group_id":"a"}'] = { taken_over: 2, waiting: 1 };
    part(progressOf([group('a', 3, { open: false, late: 3 })]), closed, onChanged);
    fireEvent.click(await button('a (3)'));
    fireEvent.click(await button('Heropen deze groep'));
    await waitFor(() =>
      expect(onChanged).toHaveBeenCalledWith('a is weer open. 2 late teksten tellen nu mee. 1 wacht op de schrijver.'),
    );
  });
});

describe('a reminder', () => {
  const teacher = (name: string, reminded: boolean): TeacherProgress => ({
    id: name,
    name,
    done: 1,
    incomplete: 0,
    total: 28,
    reminded,
  });
  const withTeachers = (...teachers: TeacherProgress[]) => ({ ...progressOf([group('a', 3)]), teachers });
  const showTeachers = () => fireEvent.click(screen.getByRole('tab', { name: /Docenten/ }));

  it('is offered for who had none today, and the others stand as reminded', async () => {
    part(withTeachers(teacher('Dirk', true), teacher('Mia', false)));
    showTeachers();
    expect(await button('Herinner Mia')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Herinner Dirk' })).toBeNull();
    expect(screen.getAllByText('Vandaag al herinnerd')).toHaveLength(1);
    fireEvent.click(await button('Herinner wie achterloopt'));
    expect(await screen.findByText('1 docent herinneren?')).toBeTruthy();
  });

  it('to all is followed by the page, which then offers none', async () => {
    answers['POST /rounds/r/nudges {"person":null}'] = { told: 2, already: 0, done: 0 };
    const onChanged = vi.fn();
    const page = (...teachers: TeacherProgress[]) => (
      <>
        <ProgressPart detail={DETAIL} progress={withTeachers(...teachers)} onChanged={onChanged} />
        <Questions />
        <Toasts />
      </>
    );
    const { rerender } = render(page(teacher('Dirk', false), teacher('Mia', false)));
    showTeachers();
    fireEvent.click(await button('Herinner wie achterloopt'));
    fireEvent.click(await button('Herinner'));
    await screen.findByText('2 docenten zijn herinnerd.');
    expect(onChanged).toHaveBeenCalledWith();
    rerender(page(teacher('Dirk', true), teacher('Mia', true)));
    expect(screen.getByText('Wie achterloopt, is vandaag al herinnerd.')).toBeTruthy();
    expect(screen.queryByRole('button', { name: /^Herinner/ })).toBeNull();
  });

  it('to one takes the place of the button, and the page counts along', async () => {
    answers['POST /rounds/r/nudges {"person":"Mia"}'] = { told: 1, already: 0, done: 0 };
    const onChanged = vi.fn();
    part(withTeachers(teacher('Mia', false)), DETAIL, onChanged);
    showTeachers();
    fireEvent.click(await button('Herinner Mia'));
    expect(await screen.findByText('Herinnerd')).toBeTruthy();
    await waitFor(() => expect(onChanged).toHaveBeenCalledWith());
  });
});

describe('a substitute', () => {
  const colleagues = [{ id: 'otto', list_name: 'Outsider, Otto' }];
  const otto = { person_id: 'otto', name: 'Otto Outsider' };

  it('gets the group of a colleague', async () => {
    const onChanged = vi.fn();
    answers['/rounds/colleagues'] = colleagues;
    answers['POST /rounds/r/stand-ins {"group_id":"a","person_id":"otto"}'] = otto;
    part(progressOf([group('a', 3)]), DETAIL, onChanged);
    fireEvent.click(await button('Vervanger voor a'));
    fireEvent.change(await screen.findByLabelText('Collega'), { target: { value: 'otto' } });
    fireEvent.click(await button('Geef de groep'));
    await screen.findByText('Otto Outsider vult nu a mee in.');
    expect(onChanged).toHaveBeenCalledWith();
  });

  it('stands beside the teacher, and can be thanked', async () => {
    answers['/rounds/colleagues'] = colleagues;
    answers['DELETE /rounds/r/groups/a/stand-ins/otto'] = null;
    part(progressOf([group('a', 3, { stand_ins: [otto] })]));
    expect(screen.getByText('Dirk de Dutch · vervanger: Otto Outsider')).toBeTruthy();
    fireEvent.click(await button('Vervanger voor a'));
    fireEvent.click(await button('Neem terug van Otto Outsider'));
    fireEvent.click(await button('Neem terug'));
    await screen.findByText('Otto Outsider vult a niet meer in.');
  });
});

describe('closing and opening again', () => {
  it('sums up what is missing first, and gives some groups more time', async () => {
    const onDone = vi.fn();
    const progress = progressOf([group('a', 28), group('b', 3, { incomplete: 2 }), group('c', 0)]);
    answers['POST /rounds/r/close {"keep_open_group_ids":["b"],"closes_at":"2026-12-07T15:00:00.000Z"}'] = {};
    render(<CloseSheet detail={DETAIL} progress={progress} onDone={onDone} onClose={vi.fn()} />);
    for (const line of [
      '31 feedbacks zijn compleet.',
      '2 missen een tekst en blijven zoals ze zijn.',
      '51 zijn nog niet begonnen.',
      '2 groepen zijn nog niet klaar.',
      '1 docent is nog niet klaar.',
    ]) {
      expect(screen.getByText(line)).toBeTruthy();
    }
    fireEvent.click(screen.getByLabelText('b · 3 van 28'));
    fireEvent.input(screen.getByLabelText('Sluit vanzelf op'), { target: { value: '2026-12-07T16:00' } });
    fireEvent.click(await button('Sluit, behalve 1 groep'));
    await waitFor(() => expect(onDone).toHaveBeenCalled());
  });

  it('asks for groups that are closed, and a reason', async () => {
    const onDone = vi.fn();
    const progress = progressOf([group('a', 28, { open: false }), group('b', 3)]);
    answers['POST /rounds/r/reopen {"group_ids":["a"],"reason":"Ziek.","closes_at":null}'] = {};
    render(<ReopenSheet detail={DETAIL} progress={progress} onDone={onDone} onClose={vi.fn()} />);
    expect(screen.queryByLabelText('b · 3 van 28')).toBeNull();
    fireEvent.click(screen.getByLabelText('a · 28 van 28'));
    fireEvent.input(screen.getByLabelText('Reden'), { target: { value: 'Ziek.' } });
    fireEvent.click(await button('Heropen'));
    await waitFor(() => expect(onDone).toHaveBeenCalled());
  });
});

describe('following a round', () => {
  /** What the server would do, without one. */
  class Stream extends EventTarget {
    static readonly CLOSED = 2;
    static all: Stream[] = [];
    readyState = 1;

    constructor(readonly url: string) {
      super();
      Stream.all.push(this);
    }

    close() {
      this.readyState = 2;
    }

    say(what: string) {
      this.dispatchEvent(new Event(what));
    }
  }

  const onCounts = vi.fn();
  const onRound = vi.fn();
  let stop: () => void;
  let seen: DocumentVisibilityState;
  const open = () => Stream.all.filter((stream) => stream.readyState !== 2);
  const look = (state: DocumentVisibilityState) => {
    seen = state;
    document.dispatchEvent(new Event('visibilitychange'));
  };
  const begin = () => {
    stop = followRound({ url: '/live', onCounts, onRound });
  };

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('EventSource', Stream);
    seen = 'visible';
    vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => seen);
    Stream.all = [];
    onCounts.mockClear();
    onRound.mockClear();
  });
  afterEach(() => {
    stop();
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it('fetches soon after the first news, and then now and then, however much there is', () => {
    begin();
    for (let n = 0; n < 100; n += 1) {
      open()[0]?.say('feedback');
      vi.advanceTimersByTime(100);
    }
    expect(onCounts).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(5000);
    expect(onCounts).toHaveBeenCalledTimes(3);
    vi.advanceTimersByTime(60_000);
    expect(onCounts).toHaveBeenCalledTimes(3);
    expect(onRound).not.toHaveBeenCalled();
  });

  it('fetches the round itself when that changed', () => {
    begin();
    open()[0]?.say('feedback');
    open()[0]?.say('round');
    vi.advanceTimersByTime(1000);
    expect(onRound).toHaveBeenCalledOnce();
    expect(onCounts).not.toHaveBeenCalled();
  });

  it('listens only while the page is seen, and then fetches what it missed', () => {
    begin();
    open()[0]?.say('open');
    expect(onRound).toHaveBeenCalledOnce();
    look('hidden');
    expect(open()).toEqual([]);
    look('visible');
    open()[0]?.say('open');
    expect(onRound).toHaveBeenCalledTimes(2);
  });

  it('asks now and then where the server refuses the stream, or the browser has none', () => {
    begin();
    const [stream] = open();
    stream?.close();
    stream?.say('error');
    vi.advanceTimersByTime(40_000);
    expect(onRound).toHaveBeenCalledTimes(2);
    stop();
    vi.stubGlobal('EventSource', undefined);
    begin();
    vi.advanceTimersByTime(20_000);
    expect(onRound).toHaveBeenCalledTimes(3);
  });
});
