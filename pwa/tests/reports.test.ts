import { describe, expect, it } from 'vitest';
import { weeksFrom } from '../src/features/report/agreement-sheet';
import { openFirst } from '../src/features/report/agreements';
import { chosenText } from '../src/features/report/conflict-sheet';
import {
  careFirst,
  changeSince,
  forStudent,
  inOrder,
  missing,
  questionSentences,
  questionsIn,
} from '../src/features/report/subjects';
import type { Agreement, Stoplight, SubjectFeedback } from '../src/features/report/types';

function subject(name: string, stoplight: Stoplight | null, more: Partial<SubjectFeedback> = {}): SubjectFeedback {
  return {
    feedback_id: stoplight ? `feedback-${name}` : null,
    subject_id: `subject-${name}`,
    subject: name,
    group: 'h4a',
    teachers: [],
    stoplight,
    remark: '',
    action: '',
    complete: true,
    was: null,
    until: null,
    mine: false,
    ...more,
  };
}
const was = (stoplight: Stoplight) => ({ stoplight, round_name: 'Herfstronde' });
const names = (list: readonly SubjectFeedback[]) => list.map((s) => s.subject);

describe('what changed since the last round', () => {
  it.each([
    ['on_track', 'attention', 'better'],
    ['excellent', 'warning', 'better'],
    ['warning', 'on_track', 'worse'],
    ['on_track', 'excellent', 'worse'],
    ['attention', 'attention', 'same'],
  ] as const)('%s after %s is %s', (now, before, kind) => {
    expect(changeSince(subject('Engels', now, { was: was(before) })).kind).toBe(kind);
  });

  it('says nothing without an earlier stoplight, or without one now', () => {
    expect(changeSince(subject('Engels', 'on_track')).kind).toBe('none');
    expect(changeSince(subject('Engels', null, { was: was('on_track') })).kind).toBe('none');
  });

  it('calls nothing better or worse that was, or is, no picture yet', () => {
    expect(changeSince(subject('Engels', 'on_track', { was: was('no_picture') })).kind).toBe('other');
    expect(changeSince(subject('Engels', 'no_picture', { was: was('warning') })).kind).toBe('other');
  });
});

describe('the order of a report', () => {
  const subjects = [
    subject('Wiskunde', 'on_track'),
    subject('Biologie', 'excellent'),
    subject('Frans', null),
    subject('Engels', 'warning'),
    subject('Muziek', 'no_picture'),
    subject('Aardrijkskunde', 'attention'),
    subject('Économie', 'on_track'),
  ];

  it('puts care on top for staff, and leaves out what did not come', () => {
    expect(names(careFirst(subjects))).toEqual([
      'Engels',
      'Aardrijkskunde',
      'Économie',
      'Wiskunde',
      'Biologie',
      'Muziek',
    ]);
    expect(names(missing(subjects))).toEqual(['Frans']);
  });

  it('starts with what goes well for the student, the cap first', () => {
    const parts = forStudent(subjects);
    expect(names(parts.well)).toEqual(['Biologie', 'Économie', 'Wiskunde']);
    expect(names(parts.attention)).toEqual(['Aardrijkskunde']);
    expect(names(parts.warning)).toEqual(['Engels']);
    expect(names(parts.noPicture)).toEqual(['Muziek']);
  });

  it('shows a strip in the learned order, whatever the order it came in', () => {
    const strip = (['warning', 'no_picture', 'on_track', 'excellent', 'attention'] as const).map((stoplight) => ({
      stoplight,
    }));
    expect(inOrder(strip).map((s) => s.stoplight)).toEqual([
      'excellent',
      'on_track',
      'attention',
      'warning',
      'no_picture',
    ]);
  });

  it('still shows a text that its author wrote without a stoplight', () => {
    expect(names(careFirst([subject('Engels', null, { remark: 'Begin van een tekst' })]))).toEqual(['Engels']);
  });
});

describe('questions of teachers', () => {
  it.each([
    ['Lees elke dag. Welk boek kies je?', ['Welk boek kies je?']],
    ['Wat helpt je? En wie?', ['Wat helpt je?', 'En wie?']],
    ['Je leest goed.', []],
    ['Hoe ging som 3.4?', ['Hoe ging som 3.4?']],
    ['Zin één.\nWat heb je nodig?', ['Wat heb je nodig?']],
    ['', []],
  ])('finds them in “%s”', (text, found) => {
    expect(questionSentences(text)).toEqual(found);
  });

  it('belong to the feedback they stand in, remark first', () => {
    const asked = subject('Engels', 'attention', { remark: 'Wat lukte? Mooi.', action: 'Oefen. Wanneer begin je?' });
    expect(questionsIn([subject('Frans', 'on_track', { action: 'Ga door.' }), asked])).toEqual([
      {
        feedback_id: 'feedback-Engels',
        subject: 'Engels',
        stoplight: 'attention',
        text: 'Wat lukte? Wanneer begin je?',
      },
    ]);
  });
});

describe('agreements', () => {
  const agreement = (id: string, due_on: string | null, done_at: string | null = null): Agreement => ({
    id,
    what: id,
    party: 'student',
    owner_id: null,
    owner_name: null,
    due_on,
    confirmed_at: null,
    done_at,
    version: 1,
    can: { edit: false, tick: false, confirm: false },
  });

  it('show what is to be done first, the nearest day on top', () => {
    const list = [
      agreement('klaar', '2026-11-01', '2026-11-20T10:00:00+01:00'),
      agreement('zonder dag', null),
      agreement('later', '2026-12-15'),
      agreement('eerst', '2026-12-03'),
    ];
    expect(openFirst(list).map((a) => a.id)).toEqual(['eerst', 'later', 'zonder dag', 'klaar']);
  });

  it('count weeks on the calendar, over the end of a month and of summer time', () => {
    expect(weeksFrom(new Date(2026, 10, 23), 2)).toBe('2026-12-07');
    expect(weeksFrom(new Date(2026, 9, 23), 1)).toBe('2026-10-30');
    expect(weeksFrom(new Date(2026, 11, 28), 1)).toBe('2027-01-04');
  });
});

describe('two texts', () => {
  const part = { key: 'text', label: 'Opmerking', mine: 'van mij ', theirs: 'van hen' };
  it('lead to the one that was chosen, or to both', () => {
    expect(chosenText(part, 'mine')).toBe('van mij ');
    expect(chosenText(part, 'theirs')).toBe('van hen');
    expect(chosenText(part, 'both')).toBe('van hen\n\nvan mij');
    expect(chosenText({ ...part, theirs: ' ' }, 'both')).toBe('van mij');
  });
});
