import { cleanup, fireEvent, render, screen } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WeekHint } from '../src/components';
import { SignOut } from '../src/features/more/sign-out';
import { sendUnsent, unsentOf } from '../src/features/more/unsent';
import { draftStore } from '../src/lib/drafts';
import { watchInstall, weekWarning } from '../src/lib/install';
import { leave } from '../src/lib/leave';
import { pushState, resumePush } from '../src/lib/push';
import { me, online } from '../src/lib/session';
import { cutOff, freshPhone, person, serve, signInHere } from './own-phone';

vi.mock('../src/lib/leave', () => ({ leave: vi.fn(async () => undefined) }));

const ANA = person('ana', { navigation: ['reports'] });
const PLAN = { proud_of: 'Ik durf meer', improve: '', how: '', help: '', when: '', answers: {} };

beforeEach(async () => {
  vi.clearAllMocks();
  await freshPhone();
  await signInHere('ana');
  me.value = ANA;
  online.value = true;
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const writeOffline = () => draftStore('ana', 'plan/r').write({ value: PLAN, base: 0, sent: false });

describe('what is left to send', () => {
  it('is sent from where one signs out, also a plan whose page is not open', async () => {
    await writeOffline();
    await draftStore('ana', 'message/r/s').write({ value: 'Mooi gedaan', base: 2, sent: false });
    const log = serve({
      '/rounds/r/students/ana/plan': { body: { version: 1 } },
      '/rounds/r/students/s/message': { body: { version: 3 } },
    });
    expect((await unsentOf(ANA)).drafts).toEqual(['message/r/s', 'plan/r']);
    expect(await sendUnsent(ANA)).toEqual({ feedback: 0, drafts: [] });
    expect(log).toEqual(['PUT /rounds/r/students/s/message', 'PUT /rounds/r/students/ana/plan']);
  });

  it('stays without a network, and where the server does not take it', async () => {
    await writeOffline();
    cutOff();
    expect((await sendUnsent(ANA)).drafts).toEqual(['plan/r']);
    serve({ '/rounds/r/students/ana/plan': { status: 422, body: { type: '/problems/invalid' } } });
    expect((await sendUnsent(ANA)).drafts).toEqual(['plan/r']);
  });
});

describe('the way out', () => {
  const press = async (name: RegExp) => fireEvent.click(await screen.findByRole('button', { name, hidden: true }));

  it('is open when nothing waits', async () => {
    render(<SignOut person={ANA} />);
    await press(/^Uitloggen$/);
    await vi.waitFor(() => expect(leave).toHaveBeenCalledExactlyOnceWith(ANA));
  });

  it('warns when something waits, and goes on once it is sent', async () => {
    await writeOffline();
    serve({ '/rounds/r/students/ana/plan': { body: { version: 1 } } });
    render(<SignOut person={ANA} />);
    await press(/^Uitloggen$/);
    expect(await screen.findByText('1 tekst staat nog alleen op je telefoon')).toBeTruthy();
    expect(leave).not.toHaveBeenCalled();
    await press(/Verstuur en log uit/);
    await vi.waitFor(() => expect(leave).toHaveBeenCalledOnce());
  });

  it('says what could not be sent and lets it go only when told so', async () => {
    await writeOffline();
    cutOff();
    render(<SignOut person={ANA} />);
    await press(/^Uitloggen$/);
    await press(/Verstuur en log uit/);
    expect(await screen.findByText('1 tekst kon niet weg')).toBeTruthy();
    expect(screen.getByText(/Er is geen verbinding/)).toBeTruthy();
    expect(leave).not.toHaveBeenCalled();
    await press(/Wis 1 tekst en log uit/);
    await vi.waitFor(() => expect(leave).toHaveBeenCalledOnce());
  });
});

describe('a shared device', () => {
  it('is offered no notices, and what was there from before goes', async () => {
    const unsubscribe = vi.fn(async () => true);
    const pushManager = { getSubscription: async () => ({ endpoint: 'https://push.test/1', unsubscribe }) };
    vi.stubGlobal('navigator', { serviceWorker: { getRegistration: async () => ({ pushManager }) } });
    vi.stubGlobal('PushManager', class {});
    vi.stubGlobal('Notification', { permission: 'granted' });
    serve({ '/push-subscriptions': {} });
    me.value = person('ana', { device: 'shared', vapid_public_key: 'AAAA' });
    await resumePush();
    expect(pushState.value).toBe('unsupported');
    expect(unsubscribe).toHaveBeenCalledOnce();
  });
});

describe('Safari that is not on the home screen', () => {
  const iPhone = {
    vendor: 'Apple Computer, Inc.',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1',
    standalone: false,
  };
  it('says that it forgets in a week, until that was read', () => {
    vi.stubGlobal('navigator', iPhone);
    watchInstall();
    render(<WeekHint />);
    expect(screen.getByText(/Open je Driehoek een week niet/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Begrepen' }));
    expect(screen.queryByText(/een week niet/)).toBeNull();
    watchInstall();
    expect(weekWarning.value).toBeNull();
  });

  it('has nothing to forget on a shared device', () => {
    vi.stubGlobal('navigator', iPhone);
    me.value = person('ana', { device: 'shared' });
    watchInstall();
    expect(weekWarning.value).toBeNull();
  });
});
