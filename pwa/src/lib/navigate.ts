import { signal } from './signals';

/** Where the person is in the app. */
export interface Place {
  /** The address without its query and without a slash at its end. */
  path: string;
  query: Readonly<Record<string, string>>;
  /** Whether one went on to here; false at the start, after a step back, and where the address was only put right. */
  pushed: boolean;
}

/** Pages that the server makes itself are visited, not routed. */
const SERVER = /^\/(sign-in|sign-out|login|s\/|auth\/|api\/|demo\/|schema|admin\/letters|operator|school\/)/;

function here(pushed: boolean): Place {
  return {
    path: location.pathname.replace(/\/+$/, '') || '/',
    query: Object.fromEntries(new URLSearchParams(location.search)),
    pushed,
  };
}

/** Components that read this follow the address by themselves. */
export const place = signal(here(false));

/** Leads to a screen of the app. */
export function go(address: string): void {
  history.pushState(null, '', address);
  place.value = here(true);
}

/** The same, without a step back to where one was. */
export function replace(address: string): void {
  history.replaceState(null, '', address);
  place.value = here(false);
}

/** Takes over what links and the buttons of the browser would load a new page for. */
export function watchAddress(): void {
  addEventListener('popstate', () => {
    place.value = here(false);
  });
  addEventListener('click', (event: MouseEvent) => {
    const link = event.target instanceof Element && event.target.closest('a');
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.altKey) return;
    // Elsewhere, in another window, as a file, or to a place on this page: as the browser does it.
    if (event.shiftKey || link.origin !== location.origin || link.target || link.download) return;
    if (link.getAttribute('href')?.startsWith('#') || SERVER.test(link.pathname)) return;
    event.preventDefault();
    go(link.href);
  });
}
