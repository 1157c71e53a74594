import { ApiProblem, api, ConnectionLost } from './api';
import { type Language, loadLanguage } from './i18n';
import { startOutbox } from './my-outbox';
import { lastPerson, makeReady, OWED, openDevice } from './own-device';
import { type Me, me, signInAddress, watchConnection } from './session';
import { setTheme, theme } from './theme';
import { dropKeys } from './vault';

const LANGUAGE = 'language';

/** The language of this device's last visit, else that of the page. */
function languageGuess(): Language {
  return (localStorage.getItem(LANGUAGE) ?? document.documentElement.lang) === 'en' ? 'en' : 'nl';
}

/** Keeps what stands at the bottom above the keyboard of phones that do not shrink the page for it. */
function watchKeyboard(): void {
  const seen = globalThis.visualViewport;
  if (!seen) return;
  const measure = () => {
    const hidden = Math.max(0, innerHeight - seen.height - seen.offsetTop);
    // Zooming in hides a part as well; only without zoom it is the keyboard.
    document.documentElement.style.setProperty('--keyboard', `${seen.scale > 1.01 ? 0 : Math.round(hidden)}px`);
  };
  seen.addEventListener('resize', measure);
  seen.addEventListener('scroll', measure);
}

/** Takes over what the server knows about the person: language and theme. */
export async function welcome(person: Me): Promise<void> {
  me.value = person;
  localStorage.setItem(LANGUAGE, person.language);
  if (person.theme !== theme.value) setTheme(person.theme);
  if (person.language !== document.documentElement.lang) await loadLanguage(person.language);
}

/**
 * Everything that must be known before the first screen: who is here, and in which language. Without a session it
 * leads to the sign-in page and never returns; without a connection the app starts and says so.
 */
export async function start(): Promise<void> {
  watchConnection();
  watchKeyboard();
  const texts = loadLanguage(languageGuess());
  if (localStorage.getItem(OWED)) {
    await texts;
    const { payDebt } = await import('./leave');
    return payDebt();
  }
  // The device is asked while the server is: without a network its answer is there at once.
  const here = openDevice();
  try {
    const [person] = await Promise.all([api.get<Me>('/me'), texts]);
    makeReady(person, here);
    await welcome(person);
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) {
      await here;
      await dropKeys().catch(() => undefined);
      await import('./device').then(({ forgetCopies }) => forgetCopies(null)).catch(() => undefined);
      location.replace(signInAddress());
      await new Promise(() => undefined);
    }
    await texts;
    const known = error instanceof ConnectionLost && (await lastPerson(here));
    if (known) await welcome(known);
  }
}

/** What can wait until the first screen stands. */
export function startLater(): void {
  const person = me.value;
  if (person?.navigation.includes('rounds')) startOutbox();
  const begin = () => {
    import('./later')
      .then(({ startDevice }) => startDevice(person))
      // No service worker (private window) or no network now: the app works without, the next start tries again.
      .catch(() => undefined);
  };
  if ('requestIdleCallback' in globalThis) requestIdleCallback(begin, { timeout: 3000 });
  else setTimeout(begin, 500);
}
