import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { settle } from '../src/lib/device';
import { draftStore } from '../src/lib/drafts';
import { dropKeys } from '../src/lib/vault';
import { cutOff, forgetPage, freshPhone, person, signInHere } from './own-phone';

const reload = vi.fn();
const { style } = document.documentElement;

/** The page is left, and comes back as it stood. */
async function leaveAndComeBack(meanwhile: () => Promise<unknown> = async () => undefined) {
  dispatchEvent(new Event('pagehide'));
  expect(style.visibility).toBe('hidden');
  // Another page of this device.
  dispatchEvent(new Event('pageshow'));
  await meanwhile();
  dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
}

beforeEach(async () => {
  await freshPhone();
  cutOff();
  reload.mockClear();
  vi.spyOn(location, 'reload').mockImplementation(reload);
});
afterEach(() => {
  vi.restoreAllMocks();
  style.visibility = '';
});

// First: what a person's page listens to stays for the tests after it.
it('on a shared device nobody sees it again', async () => {
  forgetPage();
  await settle(person('ana', { device: 'shared' }));
  await leaveAndComeBack();
  await vi.waitFor(() => expect(reload).toHaveBeenCalled());
  expect(style.visibility).toBe('hidden');
});

it('who comes back to a page of their own sees it as it stood', async () => {
  await signInHere('ana');
  await settle(person('ana'));
  await leaveAndComeBack();
  await vi.waitFor(() => expect(style.visibility).toBe(''));
  expect(reload).not.toHaveBeenCalled();
});

it('who comes back after signing out, or as another person, does not see it', async () => {
  await signInHere('ana');
  await settle(person('ana'));
  await leaveAndComeBack(dropKeys);
  await vi.waitFor(() => expect(reload).toHaveBeenCalled());
  expect(style.visibility).toBe('hidden');
  reload.mockClear();
  await leaveAndComeBack(() => signInHere('bo'));
  await vi.waitFor(() => expect(reload).toHaveBeenCalled());
  expect(style.visibility).toBe('hidden');
});

it('nobody is asked whether a page may go that shows nothing', async () => {
  forgetPage();
  await settle(person('cas', { navigation: ['reports'] }));
  await draftStore('cas', 'plan/r')
    .write({ value: 'Ik durf meer', base: 0, sent: false })
    .catch(() => undefined);
  const asked = () => !dispatchEvent(new Event('beforeunload', { cancelable: true }));
  expect(asked()).toBe(true);
  await leaveAndComeBack();
  await vi.waitFor(() => expect(asked()).toBe(false));
  expect(reload).toHaveBeenCalled();
});
