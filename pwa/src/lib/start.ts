import { ApiProblem, api } from './api';
import { type Language, loadLanguage } from './i18n';
import { whenIdle } from './idle';
import { readAhead } from './local';
import { startOutbox } from './my-outbox';
import { lastPerson, makeReady, OWED, openDevice } from './own-device';
import { type Me, me, signInAddress, watchConnection } from './session';
import { setAccent, setTheme, theme } from './theme';
import { dropKeys } from './vault';

const later = () => import('./later');
const LANGUAGE = 'language';
/** So long a line that says nothing is waited for, when this device can start without. */
const PATIENCE_MS = 3_000;

/** The language of this device's last visit, else that of the page. */
function languageGuess(): Language {
  return (localStorage.getItem(LANGUAGE) ?? document.documentElement.lang) === 'en' ? 'en' : 'nl';
}

/** Takes over what the server knows about the person: language and theme. */
export async function welcome(person: Me): Promise<void> {
  me.value = person;
  setAccent(person.school.accent);
  localStorage.setItem(LANGUAGE, person.language);
  if (person.theme !== theme.value) setTheme(person.theme);
  if (person.language !== document.documentElement.lang) await loadLanguage(person.language);
}

/**
 * Everything that must be known before the first screen: who is here, and in which language. Without a session it
 * leads to the sign-in page and never returns; without a connection, or with one that says nothing, it starts with whom
 * this device knows.
 */
export async function start(): Promise<void> {
  watchConnection();
  const texts = loadLanguage(languageGuess());
  if (localStorage.getItem(OWED)) {
    await texts;
    const { payDebt } = await import('./leave');
    return payDebt();
  }
  // The device is asked while the server is: without a network its answer is there at once.
  const here = openDevice();
  // A screen's copy often has its address.
  void here.then((vault) => vault && readAhead(vault, ['/me', location.pathname]));
  const asked = api.get<Me>('/me');
  const patience = new Promise<undefined>((resolve) => setTimeout(resolve, navigator.onLine ? PATIENCE_MS : 0));
  try {
    const [person] = await Promise.all([Promise.race([asked, patience]), texts]);
    const known = person ? undefined : await lastPerson(here);
    if (known) {
      await welcome(known);
      // The answer may still come, and say that it is somebody else, or nobody.
      asked.then(
        ({ id, device }) => (id === known.id && device === known.device) || location.reload(),
        (error) => error instanceof ApiProblem && error.status === 401 && location.reload(),
      );
      return;
    }
    const answer = person ?? (await asked);
    makeReady(answer, here);
    await welcome(answer);
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) {
      await here;
      await dropKeys().catch(() => undefined);
      await import('./device').then(({ forgetCopies }) => forgetCopies(null)).catch(() => undefined);
      location.replace(signInAddress());
      await new Promise(() => undefined);
    }
    await texts;
    // No network, or a server that is not well.
    const known = await lastPerson(here);
    if (known) await welcome(known);
  }
}

/** What can wait until the first screen stands. */
export function startLater(): void {
  const person = me.value;
  if (person?.navigation.includes('rounds')) startOutbox();
  whenIdle(() => {
    later()
      .then(({ startDevice }) => startDevice(person))
      // No service worker (private window) or no network now: the app works without, the next start tries again.
      .catch(() => undefined);
  });
}
