import { beforeEach, describe, expect, test } from 'vitest';
import { go, place, replace, watchAddress } from '../src/lib/navigate';

watchAddress();

beforeEach(() => {
  document.body.innerHTML = '';
  replace('/rounds');
});

function press(html: string, how: MouseEventInit = {}): MouseEvent {
  document.body.innerHTML = html;
  const event = new MouseEvent('click', { bubbles: true, cancelable: true, composed: true, ...how });
  document.querySelector('[data-press], a')?.dispatchEvent(event);
  return event;
}

describe('where the person is', () => {
  test('an address has a path without a slash at its end, and a query', () => {
    go('/rounds/1/plan/?step=proud&x=a%20b');
    expect(place.value).toEqual({ path: '/rounds/1/plan', query: { step: 'proud', x: 'a b' }, pushed: true });
  });

  test('putting the address right is no step', () => {
    const before = history.length;
    replace('/students');
    expect(place.value).toEqual({ path: '/students', query: {}, pushed: false });
    expect(history.length).toBe(before);
  });

  test('a step back shows what was there, and is no step on', () => {
    go('/more');
    history.replaceState(null, '', '/rounds');
    dispatchEvent(new PopStateEvent('popstate'));
    expect(place.value).toEqual({ path: '/rounds', query: {}, pushed: false });
  });
});

describe('links', () => {
  test('within the app lead on without loading a page, also from a mark inside them', () => {
    expect(press('<a href="/students/1?x=1"><b data-press>Zoë</b></a>').defaultPrevented).toBe(true);
    expect(place.value).toEqual({ path: '/students/1', query: { x: '1' }, pushed: true });
  });

  test.each([
    ['to the server', '<a href="/sign-out">x</a>'],
    ['to a file of the API', '<a href="/api/v1/me">x</a>'],
    ['elsewhere', '<a href="https://example.org/rounds">x</a>'],
    ['in another window', '<a href="/more" target="_blank">x</a>'],
    ['to be kept', '<a href="/more" download="x">x</a>'],
    ['on this page', '<a href="#main">x</a>'],
    ['that lead nowhere', '<a>x</a>'],
  ])('%s are left to the browser', (_which, html) => {
    // Nobody navigates in a test: the last listener stops what the browser would do.
    let taken: boolean | undefined;
    const after = (event: Event) => {
      taken = event.defaultPrevented;
      event.preventDefault();
    };
    addEventListener('click', after);
    press(html);
    removeEventListener('click', after);
    expect(taken).toBe(false);
    expect(place.value.path).toBe('/rounds');
  });

  test.each([{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { altKey: true }, { button: 1 }])(
    'pressed with %o are left to the browser',
    (how) => {
      let taken: boolean | undefined;
      const after = (event: Event) => {
        taken = event.defaultPrevented;
        event.preventDefault();
      };
      addEventListener('click', after);
      press('<a href="/more">x</a>', how);
      removeEventListener('click', after);
      expect(taken).toBe(false);
      expect(place.value.path).toBe('/rounds');
    },
  );

  test('that something else answered already are left alone', () => {
    document.body.innerHTML = '<a href="/more">x</a>';
    const link = document.querySelector('a');
    link?.addEventListener('click', (event) => event.preventDefault());
    link?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
    expect(place.value.path).toBe('/rounds');
  });
});
