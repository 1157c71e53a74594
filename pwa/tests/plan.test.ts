import { describe, expect, it } from 'vitest';
import {
  answered,
  EMPTY_PLAN,
  isEmpty,
  resumeAt,
  same,
  screens,
  withStarter,
  working,
} from '../src/features/plan/steps';
import type { Plan } from '../src/features/report/types';

const full = { proud: 'a', improve: 'b', how: 'c', help: 'd', when: 'e', answers: { f1: 'ja' } };

describe('the steps of a plan', () => {
  it('are five questions and the summary, with the questions of teachers only where there are any', () => {
    expect(screens(false)).toEqual(['proud', 'improve', 'how', 'help', 'when', 'summary']);
    expect(screens(true)).toContain('answers');
  });

  it('go on at the first step without an answer', () => {
    expect(resumeAt(EMPTY_PLAN, [])).toBe('proud');
    expect(resumeAt({ ...full, help: '  ' }, ['f1'])).toBe('help');
    expect(resumeAt(full, ['f1', 'f2'])).toBe('answers');
    expect(resumeAt(full, ['f1'])).toBe('summary');
  });

  it('count white space as nothing', () => {
    expect(isEmpty({ ...EMPTY_PLAN, how: ' \n', answers: { f1: ' ' } })).toBe(true);
    expect(isEmpty({ ...EMPTY_PLAN, answers: { f1: 'ja' } })).toBe(false);
    expect(answered({ ...EMPTY_PLAN, answers: { f1: ' ' } }, 'answers', ['f1'])).toBe(false);
  });

  it('work on the draft, else on what was handed in last', () => {
    const version = (number: number, proud: string) => ({
      number,
      handed_in_at: '2026-11-20T10:00:00+01:00',
      content: { ...full, proud },
    });
    const plan: Plan = { state: 'handed_in', version: 4, versions: [version(1, 'eerst'), version(2, 'toen')] };
    expect(working(null)).toEqual(EMPTY_PLAN);
    expect(working(plan).proud).toBe('toen');
    expect(working({ ...plan, draft: { ...full, proud: 'nu' } }).proud).toBe('nu');
  });

  it('are the same when only unanswered questions differ', () => {
    expect(same(full, { ...full, answers: { f1: 'ja', f2: '' } })).toBe(true);
    expect(same(full, { ...full, answers: { f1: 'nee' } })).toBe(false);
    expect(same(full, { ...full, when: 'morgen' })).toBe(false);
  });

  it('begin a sentence without touching what was written', () => {
    expect(withStarter('', 'Ik begin met…')).toBe('Ik begin met ');
    expect(withStarter('Ik ga elke week oefenen.', 'Het helpt mij als…')).toBe(
      'Ik ga elke week oefenen.\nHet helpt mij als ',
    );
  });
});
