import type { Language } from './i18n';
import { computed, signal } from './signals';
import type { Theme } from './theme';

/** The places a person may have in the navigation; which ones, the server decides. */
export const NAV_KEYS = ['rounds', 'students', 'reports', 'organise', 'admin', 'notices', 'more'] as const;
export type NavKey = (typeof NAV_KEYS)[number];

/** Who is signed in, as `GET /api/v1/me` tells it. */
export interface Me {
  id: string;
  name: string;
  given_name: string;
  initials: string;
  school: {
    id: string;
    name: string;
    slug: string;
    /** Address of its picture. */
    logo?: string | null;
    /** Its own colour in either look. */
    accent?: { light: string; dark: string } | null;
    languages?: Language[];
  };
  roles: string[];
  language: Language;
  theme: Theme;
  navigation: NavKey[];
  /** Base64url public key for web push; null where the school has no push. */
  vapid_public_key: string | null;
  unread_notices: number;
  /** The demo has people to try and shows the mails it caught. */
  mode: 'demo' | 'production' | 'test';
  /** What was said at signing in: on a shared device everything stays in memory. */
  device: 'own' | 'shared';
}

/** The person, or null as long as nobody is known. Kept while the session is over, so that the page stays as it is. */
export const me = signal<Me | null>(null);

/** True once the server answered 401: the page stays, and a bar asks to sign in again. */
export const signedOut = signal(false);

/**
 * True once the server answered that the session of this browser is somebody else's: nothing of this page goes through,
 * and nothing of it is lost, until its person signs in again.
 */
export const otherPerson = signal(false);

/** False after a request could not reach the server, or when the device says so; true again after any answer. */
export const online = signal(typeof navigator === 'undefined' ? true : navigator.onLine);

export const navigation = computed<NavKey[]>(() => {
  const known = me.value?.navigation.filter((key) => NAV_KEYS.includes(key)) ?? [];
  return known.includes('more') ? known : [...known, 'more'];
});

/** Address of the sign-in page that leads back to where the person is now. */
export function signInAddress(): string {
  return `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
}

/** Follows the device: a phone that leaves the basement is online again without a request. */
export function watchConnection(): void {
  addEventListener('online', () => {
    online.value = true;
  });
  addEventListener('offline', () => {
    online.value = false;
  });
}
