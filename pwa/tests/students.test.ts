import { describe, expect, it } from 'vitest';
import type { Stoplight, StudentStatus } from '../src/features/report/types';
import { arrange, filterCount, filtersFor } from '../src/features/students/list';
import { listed, statusText } from '../src/features/students/status';

function student(name: string, lights: Stoplight[], more: Partial<StudentStatus> = {}): StudentStatus {
  return {
    student: { id: name, name, list_name: name, initials: name.slice(0, 2), home_group: 'h4a' },
    done: lights.length,
    total: 4,
    strip: lights.map((stoplight) => ({ subject: 'Engels', stoplight })),
    shared: null,
    plan: 'none',
    agreements: 0,
    ...more,
  };
}
const shared = (read: boolean | null) => ({ at: '2026-11-20T10:00:00+01:00', number: 1, read });
const names = (list: readonly StudentStatus[]) => list.map((s) => s.student.name);

const group = [
  student('Zoë van den Berg', ['on_track', 'on_track']),
  student('Daan de Boer', ['warning', 'attention', 'on_track'], { shared: shared(false) }),
  student('Elif Demir', ['attention', 'attention', 'on_track', 'excellent'], { shared: shared(true) }),
  student('Łukasz Kowalski', ['warning', 'warning'], { shared: shared(true), plan: 'handed_in' }),
];

describe('Mijn leerlingen', () => {
  it('stays in the order of the server by name', () => {
    expect(names(arrange(group, 'all', 'name'))).toEqual(names(group));
  });

  it('sorts by care: red before orange, and the name within that', () => {
    expect(names(arrange(group, 'all', 'care'))).toEqual([
      'Łukasz Kowalski',
      'Daan de Boer',
      'Elif Demir',
      'Zoë van den Berg',
    ]);
  });

  it('sorts by what is still missing; who may not be counted stands last', () => {
    const unknown = student('Imre Nguyễn', [], { done: null, total: null });
    expect(names(arrange([unknown, ...group], 'all', 'to_do'))).toEqual([
      'Zoë van den Berg',
      'Łukasz Kowalski',
      'Daan de Boer',
      'Imre Nguyễn',
      'Elif Demir',
    ]);
  });

  it.each([
    ['care', ['Daan de Boer', 'Elif Demir', 'Łukasz Kowalski']],
    ['to_share', ['Zoë van den Berg']],
    ['unread', ['Daan de Boer']],
    ['no_plan', ['Daan de Boer', 'Elif Demir']],
    ['plan_in', ['Łukasz Kowalski']],
  ] as const)('filters on %s', (filter, expected) => {
    expect(names(arrange(group, filter, 'name'))).toEqual(expected);
    expect(filterCount(group, filter)).toBe(expected.length);
  });

  it('does not call unread what the reader may not know', () => {
    expect(filterCount([student('Sara', [], { shared: shared(null) })], 'unread')).toBe(0);
  });

  it('finds names without their accents', () => {
    expect(names(arrange(group, 'all', 'name', 'zoe'))).toEqual(['Zoë van den Berg']);
    expect(names(arrange(group, 'all', 'name', ' BOER '))).toEqual(['Daan de Boer']);
  });

  it('offers no filters about sharing while that cannot be', () => {
    expect(filtersFor('open', true)).toEqual(['all', 'care']);
    expect(filtersFor('closed', false)).toEqual(['all', 'care']);
    expect(filtersFor('closed', true)).toContain('to_share');
  });

  it('says how far a student is in the words of the cycle', () => {
    const text = (more: Partial<StudentStatus>) => statusText(student('Sara', [], more), true);
    expect(text({})).toBe('Nog niet gedeeld');
    expect(text({ shared: shared(false) })).toBe('Gedeeld');
    expect(text({ shared: shared(true) })).toBe('Gedeeld en gelezen');
    expect(text({ shared: shared(true), plan: 'handed_in' })).toBe('Plan ingeleverd');
    expect(text({ shared: shared(true), plan: 'concluded', agreements: 2 })).toBe('Gesprek geweest · 2 afspraken');
    expect(statusText(student('Sara', []), false)).toBe('');
  });

  it('tells two of one name apart', () => {
    const emma = student('Emma Jansen', []).student;
    expect(listed({ ...emma, apart: 'h4b' })).toBe('Emma Jansen (h4b)');
    expect(listed(emma)).toBe('Emma Jansen');
  });
});
