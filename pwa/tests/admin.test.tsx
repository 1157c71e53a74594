import { cleanup, fireEvent, render, screen, within } from '@testing-library/preact';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import nl from '../messages/admin/nl.json';
import { Questions } from '../src/components/confirm';
import { Toasts } from '../src/components/toast';
import AdminPage from '../src/features/admin/admin-page';
import { mergeWith } from '../src/features/admin/merging';
import type { PersonDetail, PersonLine } from '../src/features/admin/types';
import { setTransport } from '../src/lib/api';
import { online } from '../src/lib/session';
import { freshPhone } from './own-phone';

interface Asked {
  method: string;
  path: string;
  body: unknown;
}
type Answer = { status?: number; body?: unknown } | 'lost';

/** A server that answers by method and path below /api/v1/admin; what was sent to it. */
function server(answer: (asked: Asked) => Answer | Promise<Answer> | undefined): Asked[] {
  const sent: Asked[] = [];
  setTransport(async (request) => {
    const text = await request.text();
    const path = new URL(request.url).pathname.replace('/api/v1/admin', '');
    const asked = { method: request.method, path, body: text ? JSON.parse(text) : undefined };
    if (request.method !== 'GET') sent.push(asked);
    const found = (await answer(asked)) ?? { status: 404, body: {} };
    if (found === 'lost') throw new TypeError('no network');
    return new Response(JSON.stringify(found.body ?? {}), {
      status: found.status ?? 200,
      headers: { 'Content-Type': 'application/json' },
    });
  });
  return sent;
}

// What a page fetches when it opens is here already, so that no test waits for it.
beforeAll(async () => {
  const parts = ['group', 'person', 'retention', 'roster', 'settings', 'sign-in'];
  await Promise.all(parts.map((part) => import(`../src/features/admin/${part}.tsx`)));
});
beforeEach(async () => {
  await freshPhone();
  online.value = true;
});
afterEach(cleanup);

describe('ways to sign in', () => {
  const PRESETS = [
    { preset: 'somtoday', issuer: 'https://somtoday.nl', needs: ['tenant'] },
    { preset: 'entree', issuer: '', needs: ['organisation'] },
  ];
  const SOMTODAY = {
    id: 'p1',
    preset: 'somtoday',
    name: 'SOMtoday',
    issuer: 'https://somtoday.nl',
    client_id: 'us',
    has_secret: true,
    settings: { tenant: 'uuid', claim: 'stamnr', discovery: 'https://inloggen.somtoday.nl/x' },
    bind_by: 'username',
    enabled: true,
    redirect_uri: 'https://here/auth/oidc/callback',
  };
  const open = (providers: unknown[]) => {
    const sent = server(({ method, path }) => {
      if (method !== 'GET') return { body: SOMTODAY };
      return { body: path.endsWith('/presets') ? PRESETS : path.endsWith('/clashes') ? [] : providers };
    });
    render(<AdminPage part="sign-in" query={{}} />);
    return sent;
  };

  it('asks for the issuer where each school has another one', async () => {
    const sent = open([]);
    fireEvent.click(await screen.findByRole('button', { name: nl['admin.sign_in.add'] }));
    fireEvent.change(await screen.findByLabelText(nl['admin.sign_in.preset']), { target: { value: 'entree' } });
    const type = async (label: string, value: string) =>
      fireEvent.input(await screen.findByLabelText(label), { target: { value } });
    await type(nl['admin.sign_in.issuer'], 'https://oidc.entree.example');
    await type(nl['admin.sign_in.detail.organisation'], '99XX|00');
    await type(nl['admin.sign_in.client_id'], 'us');
    fireEvent.click(screen.getByRole('button', { name: nl['admin.save'], hidden: true }));
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.body).toMatchObject({
      preset: 'entree',
      issuer: 'https://oidc.entree.example',
      settings: { organisation: '99XX|00' },
    });
  });

  it('keeps what was set on the command line', async () => {
    const sent = open([SOMTODAY]);
    fireEvent.click(await screen.findByRole('button', { name: nl['admin.change'] }));
    expect(((await screen.findByLabelText(nl['admin.sign_in.detail.claim'])) as HTMLInputElement).value).toBe('stamnr');
    fireEvent.click(screen.getByRole('button', { name: nl['admin.save'], hidden: true }));
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.body).toMatchObject({ settings: SOMTODAY.settings });
    expect(sent[0]?.body).not.toHaveProperty('issuer');
  });
});

describe('the roster', () => {
  const NONE = { total: 0, shown: [] };
  const PART = { new: NONE, changed: NONE, leaving: NONE };
  const UPLOAD = {
    id: 'u1',
    filename: 'school.zip',
    state: 'ready',
    changed: false,
    done: 0,
    total: 1,
    message: null,
    problems: [{ severity: 'warning', place: 'users.csv, regel 1', text: 'Zo gelezen.' }],
    preview: {
      people: { ...PART, leaving: { total: 1, shown: ['Ada Beheer'] } },
      groups: PART,
      enrolments: PART,
      present: 20,
      leaving: 1,
      needs_confirmation: false,
      nothing: false,
      you_out: true,
      warnings: [{ severity: 'warning', place: 'classes.csv', text: 'Geen mentor.' }],
    },
  };

  const SOURCE = {
    id: 's1',
    name: 'Magister',
    version: '1.2',
    base_url: '',
    token_url: '',
    client_id: '',
    nightly: true,
    state: 'idle',
    result_at: '2026-11-20T10:00:00Z',
    message: null,
    problems: [],
  };

  it('shows before it happens how what is unusual was read, and that the reader will be out', async () => {
    server(({ path }) => ({ body: path.includes('/uploads/') ? UPLOAD : [] }));
    render(<AdminPage part="roster" query={{ upload: 'u1' }} />);
    expect(await screen.findByText('users.csv, regel 1: Zo gelezen.')).toBeTruthy();
    const all = screen.getByText('classes.csv: Geen mentor.').closest('details');
    expect(all?.open).toBe(true);
    expect(screen.getByText(nl['admin.roster.you_out'])).toBeTruthy();
  });

  it('names after a fetch who came and went, and asks nothing any more', async () => {
    const changed = { ...UPLOAD.preview, needs_confirmation: true, warnings: [] };
    const source = { ...SOURCE, result: 'changed', preview: changed };
    server(({ path }) => ({ body: path.endsWith('/sources') ? [source] : [] }));
    render(<AdminPage part="roster" query={{}} />);
    expect(await screen.findByText('Ada Beheer')).toBeTruthy();
    expect(screen.queryByText(/Klopt dat/)).toBeNull();
    expect(screen.queryByText(nl['admin.roster.you_out'])).toBeNull();
  });

  it('asks nothing any more about a file that was applied', async () => {
    const done = { ...UPLOAD, state: 'done', preview: { ...UPLOAD.preview, needs_confirmation: true } };
    server(({ path }) => ({ body: path.includes('/uploads/') ? done : [] }));
    render(<AdminPage part="roster" query={{ upload: 'u1' }} />);
    expect(await screen.findByText(nl['admin.roster.done'])).toBeTruthy();
    expect(screen.queryByText(/Klopt dat/)).toBeNull();
  });

  it('lets who mended a source fetch again without saying that all may leave', async () => {
    const source = { ...SOURCE, result: 'held', preview: { ...UPLOAD.preview, you_out: false } };
    const sent = server(({ path }) => ({ body: path.endsWith('/sources') ? [source] : [] }));
    render(<AdminPage part="roster" query={{}} />);
    fireEvent.click(await screen.findByRole('button', { name: nl['admin.source.again'] }));
    await vi.waitFor(() => expect(sent).toEqual([{ method: 'POST', path: '/roster/sources/s1/sync', body: {} }]));
  });
});

describe('what an admin decides', () => {
  const SETTINGS = {
    name: 'School',
    slug: 'school',
    required: { attention: { remark: false, action: false } },
    guardians_admitted: true,
    consent_at_16: false,
    long_sessions: false,
    retention_years: 2,
    languages: ['nl', 'en'],
    accent: null,
    logo: null,
  };

  it('is on the page as it is at the server: without a line a switch goes back', async () => {
    server(({ method }) => (method === 'GET' ? { body: SETTINGS } : 'lost'));
    render(<AdminPage part="settings" query={{}} />);
    const admitted = (await screen.findByRole('switch', {
      name: nl['admin.settings.guardians_admitted'],
    })) as HTMLInputElement;
    fireEvent.click(admitted);
    await vi.waitFor(() => expect(admitted.checked).toBe(true));
  });

  it('builds on what was chosen just before, whose answer is still under way', async () => {
    const waiting: (() => void)[] = [];
    const sent = server(async ({ method, body }) => {
      if (method === 'GET') return { body: SETTINGS };
      await new Promise<void>((resolve) => waiting.push(resolve));
      return { body: { ...SETTINGS, ...(body as object) } };
    });
    render(<AdminPage part="settings" query={{}} />);
    const attention = within((await screen.findAllByRole('group'))[2] as HTMLElement);
    fireEvent.click(attention.getByRole('checkbox', { name: nl['admin.settings.remark'] }));
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    fireEvent.click(attention.getByRole('checkbox', { name: nl['admin.settings.action'] }));
    waiting[0]?.();
    await vi.waitFor(() => expect(waiting).toHaveLength(2));
    waiting[1]?.();
    expect(sent.map(({ body }) => (body as typeof SETTINGS).required.attention)).toEqual([
      { remark: true, action: false },
      { remark: true, action: true },
    ]);
    await vi.waitFor(() => expect(attention.getAllByRole('checkbox', { checked: true })).toHaveLength(2));
  });

  it('is the last one that was tapped: a leader who reads two groups', async () => {
    const person = {
      id: 'p1',
      name: 'Lea Leader',
      given_name: 'Lea',
      particle: '',
      family_name: 'Leader',
      state: 'here',
      source: 'roster',
      enabled: true,
      roles: [{ role: 'leader', source: 'manual' }],
      groups: [],
      guardians: [],
      children: [],
      scope: [],
      home_groups: [
        { id: 'a', title: 'h1a' },
        { id: 'b', title: 'h1b' },
        { id: 'c', title: 'h1c' },
      ],
    };
    const sent = server(({ method, body }) => {
      const ids = (body as { group_ids?: string[] } | undefined)?.group_ids ?? [];
      return {
        body: method === 'GET' ? person : { ...person, scope: person.home_groups.filter((g) => ids.includes(g.id)) },
      };
    });
    render(<AdminPage part="people" id="p1" query={{}} />);
    fireEvent.click(await screen.findByRole('button', { name: 'h1a' }));
    await vi.waitFor(() => expect(screen.getByRole('button', { name: 'h1a', pressed: true })).toBeTruthy());
    fireEvent.click(screen.getByRole('button', { name: 'h1b' }));
    await vi.waitFor(() =>
      expect(sent.map(({ body }) => body)).toEqual([{ group_ids: ['a'] }, { group_ids: ['a', 'b'] }]),
    );
  });
});

describe('a group', () => {
  const GROUP = {
    id: 'g1',
    title: 'h3a',
    kind: 'home',
    subject: '',
    level: 'havo',
    year: 3,
    teachers: [{ id: 't1', name: 'Mo Mentor', source: 'roster', set_aside: false }],
    students: [],
  };

  it('says why somebody cannot be its mentor, although there is no field for it', async () => {
    const errors = [{ pointer: '/person_ids', detail: 'Deze persoon is niet gevonden.' }];
    server(({ method }) => (method === 'GET' ? { body: GROUP } : { status: 422, body: { title: 'Nee', errors } }));
    render(
      <>
        <AdminPage part="groups" id="g1" query={{}} />
        <Toasts />
      </>,
    );
    fireEvent.click(await screen.findByRole('button', { name: /Mo Mentor/ }));
    expect(await screen.findByText('Deze persoon is niet gevonden.')).toBeTruthy();
  });
});

describe('two who are one', () => {
  const OLD = { id: 'p1', name: 'Mo Mentor', username: 'mo1', email: '' } as PersonDetail;
  const NEW = { id: 'p2', name: 'Mo Mentor', username: '', email: 'mo2@school.example' } as PersonLine;

  it('are told apart in the question, and who cannot be merged is told so with one button', async () => {
    server(({ method }) => (method === 'POST' ? { status: 409, body: { title: 'Nee', reasons: ['in_roster'] } } : {}));
    render(<Questions />);
    void mergeWith(OLD, NEW);
    expect(await screen.findByText(/Mo Mentor \(mo2@school\.example\) blijft\. Mo Mentor \(mo1\) gaat/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: nl['admin.merge.act'] }));
    await screen.findByText(nl['admin.merge.refused']);
    expect(screen.getAllByRole('button').map((one) => one.textContent)).toEqual([nl['admin.merge.understood']]);
  });
});

describe('who left', () => {
  const LIST = {
    years: 2,
    tonight: 1,
    soon: 3,
    last: { at: '2026-11-20T03:10:00Z', people: 4 },
    people: [
      { id: 'p1', list_name: 'Vries, Sara de', roles: ['student'], left_on: '2024-11-29', goes_on: '2026-11-29' },
      { id: 'p2', list_name: 'Bakker, Bo', roles: [], left_on: '2025-07-31', goes_on: '2027-07-31' },
    ],
    total: 2,
    page: 1,
    pages: 1,
  };

  it('is told with the day, and what the night will do', async () => {
    server(({ path }) => (path === '/retention' ? { body: LIST } : undefined));
    render(<AdminPage part="retention" query={{}} />);
    const row = await screen.findByRole('link', { name: /Vries, Sara de/ });
    expect(row.textContent).toContain('Leerling');
    expect(row.textContent).toMatch(/Wissen op 29 november/);
    expect(screen.getByText(nl['admin.retention.tonight_one'].replace('{n}', '1'))).toBeTruthy();
    expect(screen.getByText(nl['admin.retention.soon_other'].replace('{n}', '3'))).toBeTruthy();
  });

  it('is nobody, and no night does anything', async () => {
    server(() => ({ body: { ...LIST, tonight: 0, soon: 0, last: null, people: [], total: 0, pages: 0 } }));
    render(<AdminPage part="retention" query={{}} />);
    expect(await screen.findByText(nl['admin.retention.none'])).toBeTruthy();
    expect(screen.getByText(nl['admin.retention.not_tonight'])).toBeTruthy();
  });
});

describe('erasing somebody', () => {
  const PERSON = {
    id: 'p1',
    name: 'Sara de Vries',
    given_name: 'Sara',
    particle: 'de',
    family_name: 'Vries',
    state: 'left',
    source: 'roster',
    enabled: true,
    left_on: '2026-07-31',
    merged_into: null,
    erased_at: null as string | null,
    roles: [{ role: 'student', source: 'roster' }],
    groups: [],
    guardians: [],
    children: [],
    scope: [],
    home_groups: [],
  };
  const PREVIEW = {
    id: 'p1',
    name: PERSON.name,
    obstacles: [] as string[],
    feedback: 11,
    shares: 2,
    plans: 1,
    agreements: 0,
    written: 0,
    guardians: ['Hanna Handmade'],
  };
  const open = async (answer: Parameters<typeof server>[0]) => {
    const sent = server(answer);
    render(
      <>
        <AdminPage part="people" id="p1" query={{}} />
        <Toasts />
      </>,
    );
    fireEvent.click(await screen.findByRole('button', { name: nl['admin.person.more'] }));
    fireEvent.click(await screen.findByRole('menuitem', { name: nl['admin.erase.menu'] }));
    return sent;
  };

  it('says what goes, asks for the name, and shows what is left', async () => {
    let erased = false;
    const sent = await open(({ method, path }) => {
      if (method === 'POST') erased = true;
      if (path.endsWith('/erasure')) return { body: PREVIEW };
      return { body: { ...PERSON, erased_at: erased ? '2026-11-28T10:00:00Z' : null } };
    });
    expect(await screen.findByText(nl['admin.erase.feedback_other'].replace('{n}', '11'))).toBeTruthy();
    expect(screen.getByText(/Hanna Handmade/)).toBeTruthy();
    expect(screen.queryByText(nl['admin.erase.agreements_other'].replace('{n}', '0'))).toBeNull();
    const act = screen.getByRole('button', { name: nl['admin.erase.act'], hidden: true }) as HTMLButtonElement;
    expect(act.disabled).toBe(true);
    fireEvent.input(screen.getByLabelText(nl['admin.erase.name'].replace('{name}', PERSON.name)), {
      target: { value: 'Sara de Vries' },
    });
    fireEvent.click(act);
    expect(await screen.findByRole('heading', { name: nl['admin.erase.nobody'] })).toBeTruthy();
    expect(sent).toEqual([{ method: 'POST', path: '/people/p1/erasure', body: { name: 'Sara de Vries' } }]);
  });

  it('tells at the field that it is another name', async () => {
    const errors = [{ pointer: '/name', detail: 'Dit is niet de naam van deze persoon.' }];
    await open(({ method, path }) => {
      if (method === 'POST') return { status: 422, body: { title: 'Nee', errors } };
      return { body: path.endsWith('/erasure') ? PREVIEW : PERSON };
    });
    const field = await screen.findByLabelText(nl['admin.erase.name'].replace('{name}', PERSON.name));
    fireEvent.input(field, { target: { value: 'Sara Vries' } });
    fireEvent.click(screen.getByRole('button', { name: nl['admin.erase.act'], hidden: true }));
    expect(await screen.findByText('Dit is niet de naam van deze persoon.')).toBeTruthy();
    expect(field.getAttribute('aria-invalid')).toBe('true');
  });

  it('says why it cannot be done, and offers nothing to press', async () => {
    await open(({ path }) => ({
      body: path.endsWith('/erasure') ? { ...PREVIEW, obstacles: ['in_roster'] } : PERSON,
    }));
    expect(await screen.findByText(nl['admin.erase.in_roster'])).toBeTruthy();
    expect(screen.queryByRole('button', { name: nl['admin.erase.act'], hidden: true })).toBeNull();
  });
});
