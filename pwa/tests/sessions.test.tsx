import { cleanup, fireEvent, render, screen } from '@testing-library/preact';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Questions } from '../src/components/confirm';
import SessionsPage from '../src/features/more/sessions-page';
import { me } from '../src/lib/session';
import { freshPhone, person, serve, signInHere } from './own-phone';

const AT = '2026-11-20T10:00:00Z';
const HERE = { id: 'a', label: 'Chrome op Android', device: 'own', created_at: AT, seen_at: AT, current: true };
const THERE = { ...HERE, id: 'b', label: '', device: 'shared', current: false };

beforeEach(async () => {
  await freshPhone();
  await signInHere('ana');
  me.value = person('ana');
});
afterEach(cleanup);

it('shows every place where one is signed in, and ends the others one by one', async () => {
  const log = serve({ '/me/sessions': { body: [HERE, THERE] }, '/me/sessions/b': { status: 204 } });
  render(<SessionsPage />);
  expect(await screen.findByText('Chrome op Android')).toBeTruthy();
  expect(screen.getByText('Dit apparaat')).toBeTruthy();
  expect(screen.getAllByRole('button', { name: /^Log uit:/ })).toHaveLength(1);
  fireEvent.click(screen.getByRole('button', { name: 'Log uit: Onbekend apparaat' }));
  await vi.waitFor(() => expect(log).toEqual(['/me/sessions', 'DELETE /me/sessions/b', '/me/sessions']));
});

it('asks before it ends them all', async () => {
  const log = serve({
    '/me/sessions': { body: [HERE, THERE] },
    '/me/sessions/end-others': { body: { count: 1 } },
  });
  render(
    <>
      <SessionsPage />
      <Questions />
    </>,
  );
  fireEvent.click(await screen.findByRole('button', { name: /Log overal uit/ }));
  fireEvent.click(await screen.findByRole('button', { name: 'Log uit', hidden: true }));
  await vi.waitFor(() => expect(log).toContain('POST /me/sessions/end-others'));
});

it('offers nothing to end where there is nothing else', async () => {
  serve({ '/me/sessions': { body: [HERE] } });
  render(<SessionsPage />);
  expect(await screen.findByText('Dit apparaat')).toBeTruthy();
  expect(screen.queryAllByRole('button', { name: /Log/ })).toEqual([]);
});
