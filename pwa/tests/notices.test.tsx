import { cleanup, configure, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Questions } from '../src/components/confirm';
import { Toasts } from '../src/components/toast';
import AdminPage from '../src/features/admin/admin-page';
import NoticesPage from '../src/features/notices/notices-page';
import PushOffer from '../src/features/notices/push-offer';
import { NudgeAll, NudgeOne } from '../src/features/organise/nudge';
import MyReportsPage from '../src/features/report/my-reports-page';
import RoundsPage from '../src/features/rounds/rounds-page';
import { setTransport } from '../src/lib/api';
import { pushState } from '../src/lib/push';
import { me } from '../src/lib/session';
import { freshPhone, person } from './own-phone';

// A page's parts and texts come from files, and a busy machine may take long for them.
configure({ asyncUtilTimeout: 4_000 });

const AT = '2026-11-20T10:00:00Z';
const KINDS = {
  kinds: [
    {
      kind: 'report.shared',
      label: 'Feedback staat klaar',
      hint: 'Als je mentor deelt',
      channels: { push: true, mail: false },
    },
    { kind: 'import.failed', label: 'Inlezen mislukt', hint: 'Voor beheerders', channels: { push: null, mail: null } },
  ],
  calm: { from: '21:00', until: '07:00' },
};
const worker = new EventTarget();
const subscription = {
  endpoint: 'https://push.test/1',
  options: {},
  toJSON: () => ({ endpoint: 'https://push.test/1' }),
  unsubscribe: async () => true,
};
let answers: Record<string, unknown>;
let log: string[];

beforeEach(async () => {
  await freshPhone();
  answers = {};
  log = [];
  setTransport(async (request) => {
    const path = new URL(request.url).pathname.replace('/api/v1', '');
    const what = request.method === 'GET' ? path : `${request.method} ${path}`;
    log.push(request.method === 'GET' ? what : `${what} ${await request.text()}`);
    const found = await answers[what];
    if (found instanceof Response) return found.clone();
    return new Response(JSON.stringify(found ?? {}), { status: found === undefined ? 404 : 200 });
  });
  vi.stubGlobal('PushManager', class {});
  vi.stubGlobal('Notification', { permission: 'default', requestPermission: async () => 'granted' });
  const registration = {
    pushManager: { getSubscription: async () => subscription, subscribe: async () => subscription },
    getNotifications: async () => [],
  };
  const serviceWorker = Object.assign(worker, {
    ready: Promise.resolve(registration),
    getRegistration: async () => registration,
  });
  Object.defineProperty(navigator, 'serviceWorker', { value: serviceWorker, configurable: true });
  pushState.value = 'unknown';
  me.value = person('ana', { vapid_public_key: 'BA', navigation: ['notices'] });
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const button = (name: string | RegExp) => screen.findByRole('button', { name });

describe('the inbox', () => {
  it('shows what is new and reads it', async () => {
    me.value = person('ana', { vapid_public_key: 'BA', unread_notices: 1 });
    const notice = { id: '1', kind: 'report.shared', title: 'Je feedback staat klaar', body: 'Lees het.', url: '/a' };
    answers['/notices'] = [{ ...notice, about: null, created_at: AT, read_at: null }];
    answers['POST /notices/read'] = { unread: 0 };
    render(<NoticesPage />);
    const row = await screen.findByRole('link', { name: /Je feedback staat klaar/ });
    expect(row.getAttribute('href')).toBe('/a');
    expect(row.textContent).toContain('Nieuw');
    await waitFor(() => expect(me.value?.unread_notices).toBe(0));
    expect(log).toContain('POST /notices/read {"ids":null}');
  });

  it('looks again when something comes while it is open', async () => {
    answers['/notices'] = [];
    render(<NoticesPage />);
    await screen.findByText('Nog geen meldingen');
    me.value = { ...person('ana', { vapid_public_key: 'BA' }), unread_notices: 1 };
    await waitFor(() => expect(log.filter((one) => one === '/notices')).toHaveLength(2));
  });

  it('has nothing behind an address that is none', async () => {
    render(<NoticesPage part="nowhere" />);
    expect(await screen.findByText('Deze pagina is er niet')).toBeTruthy();
  });
});

describe('preferences', () => {
  it('have a switch for each channel that there is, and say when it is quiet', async () => {
    answers['/me/notice-preferences'] = KINDS;
    answers['PUT /me/notice-preferences'] = KINDS;
    render(<NoticesPage part="settings" />);
    expect(await screen.findByRole('group', { name: 'Feedback staat klaar' })).toBeTruthy();
    expect(screen.getAllByRole('switch')).toHaveLength(2);
    expect(screen.getByText('Staat alleen in de app.')).toBeTruthy();
    expect(screen.getByText(/Tussen 21.00 en 07.00 uur/)).toBeTruthy();
    fireEvent.click(screen.getByRole('switch', { name: 'E-mail' }));
    expect(screen.getByRole<HTMLInputElement>('switch', { name: 'E-mail' }).checked).toBe(true);
    await waitFor(() =>
      expect(log).toContain('PUT /me/notice-preferences {"kind":"report.shared","channel":"mail","on":true}'),
    );
  });

  it('go back to what is true when the server did not take it', async () => {
    answers['/me/notice-preferences'] = KINDS;
    render(<NoticesPage part="settings" />);
    fireEvent.click(await screen.findByRole('switch', { name: 'E-mail' }));
    await waitFor(() => expect(screen.getByRole<HTMLInputElement>('switch', { name: 'E-mail' }).checked).toBe(false));
    expect(log.filter((one) => one === '/me/notice-preferences')).toHaveLength(2);
  });
});

describe('notices on this device', () => {
  it('are asked for after a tap only, with the reason, and tested', async () => {
    answers['/me/notice-preferences'] = KINDS;
    answers['POST /push-subscriptions'] = { id: '1' };
    answers['POST /notices/test'] = new Response(null, { status: 204 });
    const asked = vi.spyOn(Notification, 'requestPermission');
    render(<NoticesPage part="settings" />);
    const on = await button('Zet meldingen aan');
    expect(asked).not.toHaveBeenCalled();
    fireEvent.click(on);
    expect(await screen.findByText('Staat aan op dit apparaat')).toBeTruthy();
    vi.stubGlobal('Notification', { permission: 'granted' });
    fireEvent.click(await button('Stuur een test'));
    expect(await screen.findByText('De test is onderweg.')).toBeTruthy();
    await waitFor(() => expect(log).toContain('POST /notices/test {"endpoint":"https://push.test/1"}'));
    worker.dispatchEvent(new MessageEvent('message', { data: { type: 'news', kind: 'test' } }));
    expect(await screen.findByText(/Hij is aangekomen/)).toBeTruthy();
  });

  it('say what may be the matter when the test does not come', async () => {
    vi.stubGlobal('Notification', { permission: 'granted' });
    answers['POST /push-subscriptions'] = { id: '1' };
    answers['POST /notices/test'] = new Response(null, { status: 204 });
    render(<NoticesPage part="help" />);
    const test = await button('Stuur een test');
    vi.useFakeTimers();
    fireEvent.click(test);
    await vi.runAllTimersAsync();
    expect(screen.getByText(/Nog niets gekomen/)).toBeTruthy();
  });

  it('that the browser holds back lead to help, open at this kind of device', async () => {
    vi.stubGlobal('Notification', { permission: 'denied' });
    answers['/notices'] = [];
    render(<NoticesPage />);
    expect((await screen.findByRole('link', { name: 'Zo zet je ze aan' })).getAttribute('href')).toBe('/notices/help');
    cleanup();
    const { container } = render(<NoticesPage part="help" />);
    expect(await screen.findByText('Als je browser ze tegenhoudt')).toBeTruthy();
    expect([...container.querySelectorAll('details[open] summary')].map((one) => one.textContent)).toEqual([
      'Computer',
    ]);
    expect(container.querySelector('details[open]')?.textContent).toContain('Zoek Meldingen en kies Toestaan.');
  });

  it('on an iPhone begin with the home screen', async () => {
    vi.unstubAllGlobals();
    Reflect.deleteProperty(globalThis, 'PushManager');
    Object.defineProperty(navigator, 'standalone', { value: false, configurable: true });
    render(<PushOffer reason="Dan weet je het." />);
    expect(await screen.findByText(/zodra Driehoek op je beginscherm staat/)).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Zo zet je ze aan' })).toBeTruthy();
    Reflect.deleteProperty(navigator, 'standalone');
  });
});

describe('the offer where notices would have helped', () => {
  it('goes away for a month with "later", and asks the browser nothing', async () => {
    const asked = vi.spyOn(Notification, 'requestPermission');
    const { rerender } = render(<PushOffer reason="Dan weet je het." />);
    expect(await screen.findByText('Dan weet je het.')).toBeTruthy();
    fireEvent.click(await button('Later'));
    expect(screen.queryByText('Dan weet je het.')).toBeNull();
    rerender(<PushOffer key="again" reason="Dan weet je het." />);
    expect(screen.queryByText('Dan weet je het.')).toBeNull();
    vi.useFakeTimers({ now: Date.now() + 31 * 24 * 60 * 60 * 1000 });
    rerender(<PushOffer key="a month later" reason="Dan weet je het." />);
    expect(screen.getByText('Dan weet je het.')).toBeTruthy();
    expect(asked).not.toHaveBeenCalled();
  });

  it.each(['on', 'blocked', 'unsupported'] as const)('is not made where notices are %s', (state) => {
    pushState.value = state;
    render(<PushOffer reason="Dan weet je het." />);
    expect(screen.queryByText('Dan weet je het.')).toBeNull();
  });

  it.each([
    ['rounds', RoundsPage, '/my/rounds'],
    ['reports', MyReportsPage, '/my/reports'],
  ] as const)('comes with the list of %s, which then moves it no more', async (_, Page, path) => {
    pushState.value = 'off';
    answers[path] = [];
    render(<Page />);
    await button('Zet meldingen aan');
    cleanup();

    // The offer's code is here by now, so only the list is waited for.
    await freshPhone();
    let arrive = (_list: unknown[]) => {};
    answers[path] = new Promise((resolve) => {
      arrive = resolve;
    });
    render(<Page />);
    await waitFor(() => expect(log.filter((what) => what === path)).toHaveLength(2));
    expect(screen.queryByRole('button', { name: 'Zet meldingen aan' })).toBeNull();
    arrive([]);
    await button('Zet meldingen aan');
  });
});

describe('the organiser', () => {
  it('reminds one teacher and sees what became of it', async () => {
    answers['POST /rounds/r/nudges'] = { told: 0, already: 1, done: 0 };
    const jan = { id: 'p', name: 'Jan Vos', done: 1, incomplete: 0, total: 2, reminded: false };
    render(<NudgeOne round="r" teacher={jan} onDone={() => {}} />);
    fireEvent.click(await button('Herinner Jan Vos'));
    expect(await screen.findByText('Vandaag al herinnerd')).toBeTruthy();
    expect(log).toEqual(['POST /rounds/r/nudges {"person":"p"}']);
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('reminds all who are behind after a question', async () => {
    answers['POST /rounds/r/nudges'] = { told: 3, already: 1, done: 0 };
    render(
      <>
        <NudgeAll round="r" waiting={4} onDone={() => {}} />
        <Questions />
        <Toasts />
      </>,
    );
    fireEvent.click(await button('Herinner wie achterloopt'));
    expect(await screen.findByText('4 docenten herinneren?')).toBeTruthy();
    expect(log).toEqual([]);
    fireEvent.click(await screen.findByRole('button', { name: 'Herinner', hidden: true }));
    expect(
      await screen.findByText('3 docenten zijn herinnerd. 1 docent kreeg vandaag al een herinnering.'),
    ).toBeTruthy();
    expect(log).toEqual(['POST /rounds/r/nudges {"person":null}']);
  });
});

describe('the admin', () => {
  const failed = {
    id: 'd1',
    kind: 'report.shared',
    label: 'Feedback staat klaar',
    channel: 'mail',
    state: 'failed',
    person: { id: 'p', name: 'Sara de Vries' },
    made_at: AT,
    tries: 5,
    error: 'smtp_550',
    next_try_at: null,
    sent_at: null,
  };

  it('sees who got what kind and whether it went out, and tries again what was given up', async () => {
    answers['/admin/deliveries'] = {
      items: [failed, { ...failed, id: 'd2', error: 'stopped' }],
      after: null,
      failed: 2,
    };
    answers['/school/notice-switches'] = KINDS;
    answers['POST /admin/deliveries/retry'] = { retried: 1 };
    render(<AdminPage part="deliveries" query={{}} />);
    expect(await screen.findByText('2 meldingen kwamen niet aan.')).toBeTruthy();
    expect(screen.getByText('Niet aangekomen: smtp_550')).toBeTruthy();
    expect(screen.getByText('Niet aangekomen: dit e-mailadres bestaat niet meer')).toBeTruthy();
    expect(screen.getAllByText(/5 keer geprobeerd/)).toHaveLength(2);
    fireEvent.click((await screen.findAllByRole('button', { name: 'Opnieuw proberen' }))[1] as HTMLElement);
    await waitFor(() => expect(log).toContain('POST /admin/deliveries/retry {"ids":["d2"]}'));
    fireEvent.click(await button('Probeer ze opnieuw'));
    await waitFor(() => expect(log).toContain('POST /admin/deliveries/retry {"ids":null}'));
  });

  it('keeps the calendar as a whole, and sees at the field what does not fit', async () => {
    answers['/school/calendar'] = { holidays: [{ name: 'Kerst', first: '2026-12-19', last: '2027-01-03' }] };
    answers['PUT /school/calendar'] = new Response(
      JSON.stringify({ title: 'Dat klopt niet', errors: [{ pointer: '/holidays/1/last', detail: 'Te vroeg' }] }),
      { status: 422, headers: { 'Content-Type': 'application/problem+json' } },
    );
    render(<AdminPage part="calendar" query={{}} />);
    expect(await screen.findByDisplayValue('Kerst')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Bewaren' })).toBeNull();
    fireEvent.click(await button('Vakantie of vrije dag toevoegen'));
    const input = (label: string, value: string) =>
      fireEvent.input(screen.getAllByLabelText(label)[1] as HTMLElement, { target: { value } });
    input('Naam', 'Studiedag');
    input('Eerste dag', '2027-02-01');
    expect(screen.getAllByLabelText<HTMLInputElement>('Laatste dag')[1]?.value).toBe('2027-02-01');
    fireEvent.click(await button('Bewaren'));
    expect(await screen.findByText('Te vroeg')).toBeTruthy();
    expect(log.at(-1)).toContain('{"name":"Studiedag","first":"2027-02-01","last":"2027-02-01"}');
    fireEvent.click(await button('Haal Studiedag weg'));
    expect(screen.queryByDisplayValue('Studiedag')).toBeNull();
  });

  it('switches kinds and quiet hours for the whole school', async () => {
    answers['/school/notice-switches'] = { ...KINDS, calm: null };
    answers['PUT /school/notice-switches'] = KINDS;
    answers['PUT /school/quiet-hours'] = KINDS;
    render(<AdminPage part="notices" query={{}} />);
    fireEvent.click(await screen.findByRole('switch', { name: 'Melding op je apparaat' }));
    await waitFor(() =>
      expect(log).toContain('PUT /school/notice-switches {"kind":"report.shared","channel":"push","on":false}'),
    );
    const quiet = screen.getByRole<HTMLInputElement>('switch', { name: /Houd telefoons stil/ });
    expect(quiet.checked).toBe(false);
    fireEvent.click(quiet);
    await waitFor(() => expect(log).toContain('PUT /school/quiet-hours {"on":true}'));
  });
});
