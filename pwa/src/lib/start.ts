import { ApiProblem, api } from './api';
import { type Language, loadLanguage } from './i18n';
import { type Me, me, signInAddress, watchConnection } from './session';

/** Everything that must be known before the first screen: who is here, and in which language. */
export async function start(): Promise<void> {
  watchConnection();
  const guess: Language = document.documentElement.lang === 'en' ? 'en' : 'nl';
  const texts = loadLanguage(guess);
  try {
    const known = await api.get<Me>('/me');
    me.value = known;
    if (known.language !== guess) await loadLanguage(known.language);
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) location.replace(signInAddress());
  }
  await texts;
}
