import { afterEach, expect, test, vi } from 'vitest';
import { watchKeyboard } from '../src/lib/keyboard';

afterEach(() => {
  vi.unstubAllGlobals();
  document.documentElement.removeAttribute('style');
});

function phone(height: number, scale = 1) {
  const seen = Object.assign(new EventTarget(), { height, scale, offsetTop: 0 });
  vi.stubGlobal('visualViewport', seen);
  vi.stubGlobal('innerHeight', 740);
  return seen;
}

const kept = () => document.documentElement.style.getPropertyValue('--keyboard');

test('a keyboard that is open already, or opens later, has its room', () => {
  const seen = phone(440);
  watchKeyboard();
  expect(kept()).toBe('300px');
  seen.height = 740;
  seen.dispatchEvent(new Event('resize'));
  expect(kept()).toBe('0px');
});

test('what is hidden by zooming in is no keyboard', () => {
  const seen = phone(370, 2);
  watchKeyboard();
  expect(kept()).toBe('');
  seen.scale = 1;
  seen.dispatchEvent(new Event('resize'));
  expect(kept()).toBe('370px');
});

test('without a keyboard nothing on the page is touched', () => {
  phone(740);
  watchKeyboard();
  expect(kept()).toBe('');
});
