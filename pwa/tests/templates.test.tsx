import { cleanup, configure, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TemplatesPart } from '../src/features/organise/templates-part';
import { setTransport } from '../src/lib/api';
import { freshPhone } from './own-phone';

// A page's parts come from files, and a busy machine may take long for them.
configure({ asyncUtilTimeout: 4_000 });

const AUTUMN = { id: 't1', name: 'Najaar', version: 2, created_at: '2026-10-01T08:00:00Z' };
let log: string[];
let taken: boolean;

beforeEach(async () => {
  await freshPhone();
  log = [];
  taken = false;
  setTransport(async (request) => {
    const path = new URL(request.url).pathname.replace('/api/v1', '');
    if (request.method === 'GET') return new Response(JSON.stringify([AUTUMN]));
    log.push(`${request.method} ${path} ${request.headers.get('If-Match') ?? ''} ${await request.text()}`.trim());
    if (request.method === 'DELETE') return new Response(null, { status: 204 });
    const problem = { title: 'x', errors: [{ pointer: '/name', code: 'x', detail: 'Er is al een sjabloon zo.' }] };
    const headers = { 'Content-Type': 'application/json' };
    return new Response(JSON.stringify(taken ? problem : AUTUMN), { status: taken ? 422 : 200, headers });
  });
});
afterEach(cleanup);

async function choose(what: string) {
  fireEvent.click(await screen.findByRole('button', { name: 'Meer acties voor Najaar' }));
  fireEvent.click(await screen.findByRole('menuitem', { name: what }));
}

it('a template is where the next round begins', async () => {
  render(<TemplatesPart />);
  const link = await screen.findByRole('link', { name: /Najaar/ });
  expect(link.getAttribute('href')).toBe('/organise/new?template=t1');
});

it('gets another name, and says at the field why not', async () => {
  render(<TemplatesPart />);
  await choose('Geef een andere naam');
  fireEvent.input(screen.getByLabelText('Naam van het sjabloon'), { target: { value: 'Winter' } });
  taken = true;
  fireEvent.click(screen.getByRole('button', { name: 'Bewaar' }));
  expect(await screen.findByText('Er is al een sjabloon zo.')).toBeTruthy();
  taken = false;
  fireEvent.click(screen.getByRole('button', { name: 'Bewaar' }));
  await waitFor(() => expect(log).toHaveLength(2));
  expect(log[1]).toBe('PATCH /round-templates/t1 "2" {"name":"Winter"}');
});
