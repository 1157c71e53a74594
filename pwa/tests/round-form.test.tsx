import { cleanup, fireEvent, render, screen } from '@testing-library/preact';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RoundForm } from '../src/features/organise/round-form';
import type { RoundBody } from '../src/features/organise/types';
import { ApiProblem } from '../src/lib/api';

const CHOICES = { levels: [], years: [], home_groups: [], subjects: [] };
const START: RoundBody = {
  name: 'Winterronde',
  explanation: '',
  deadline: '2026-12-11T15:00:00Z',
  mentors_watch: false,
  sharing: true,
  reminders: [14, 2, 0],
};

function form(onSave: (body: RoundBody) => Promise<void>) {
  render(<RoundForm start={START} choices={CHOICES} draftKey="test" act="Bewaar" onSave={onSave} />);
  return (name: string) => screen.getByRole('button', { name });
}

beforeEach(() => sessionStorage.clear());
afterEach(cleanup);

it('reminds as many school days before the deadline as are chosen', async () => {
  const saved: RoundBody[] = [];
  const button = form(async (body) => void saved.push(body));
  expect(button('14 schooldagen ervoor').getAttribute('aria-pressed')).toBe('true');
  expect(button('op de dag zelf').getAttribute('aria-pressed')).toBe('true');
  fireEvent.click(button('op de dag zelf'));
  fireEvent.click(button('1 schooldag ervoor'));
  expect(button('op de dag zelf').getAttribute('aria-pressed')).toBe('false');
  fireEvent.click(button('Bewaar'));
  await vi.waitFor(() => expect(saved.map((body) => body.reminders)).toEqual([[14, 2, 1]]));
});

it('says at the reminders what is wrong with them', async () => {
  const problem = new ApiProblem(422, {
    type: '/problems/invalid',
    title: 'Dit klopt niet',
    status: 422,
    detail: 'Kijk het na.',
    errors: [{ pointer: '/reminders', code: 'too_many', detail: 'Kies er hooguit vijf.' }],
  });
  const button = form(() => Promise.reject(problem));
  fireEvent.click(button('Bewaar'));
  expect(await screen.findByText('Kies er hooguit vijf.')).toBeTruthy();
});
