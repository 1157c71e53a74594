const ASKED = 'storage-asked';

/** Asks the browser, once, to keep what is stored here when it needs room. */
export async function askToStay(): Promise<void> {
  if (!navigator.storage?.persist || localStorage.getItem(ASKED)) return;
  localStorage.setItem(ASKED, '1');
  if (!(await navigator.storage.persisted())) await navigator.storage.persist();
}

/**
 * Whether this browser empties a site that was not visited for 7 days: Apple's WebKit does, whatever the browser is
 * called, unless the app stands on the home screen or in the Dock.
 */
export function forgetsInAWeek(
  { vendor, userAgent }: Pick<Navigator, 'vendor' | 'userAgent'>,
  installed: boolean,
): boolean {
  return !installed && vendor.startsWith('Apple') && /Mac OS X|iPhone|iPad/.test(userAgent);
}
