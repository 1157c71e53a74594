import enAddress from '../../messages/en.json?url';
import nlAddress from '../../messages/nl.json?url';
import { signal } from './signals';

export const LANGUAGES = ['nl', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

type Key = keyof typeof import('../../messages/nl.json');
type Singular<K extends string> = K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K;
/** A key of messages/nl.json; `x_one` and `x_other` are asked for as `x` with `{ n }`. */
export type MessageKey = Singular<Key>;
export type Params = Readonly<Record<string, string | number>>;

const ADDRESSES: Record<Language, string> = { nl: nlAddress, en: enAddress };
const catalogue = signal<Readonly<Record<string, string>>>({});

/** The language of the interface. Components that call `t` follow it by themselves. */
export const language = signal<Language>('nl');

/** Puts a set of texts in use; for tests and for `loadLanguage`. */
export function setMessages(next: Language, messages: Readonly<Record<string, string>>): void {
  catalogue.value = messages;
  language.value = next;
  if (typeof document !== 'undefined') document.documentElement.lang = next;
}

/** Fetches the texts of a language (a small file, kept for offline use) and shows them. */
export async function loadLanguage(next: Language): Promise<void> {
  const response = await fetch(ADDRESSES[next]);
  setMessages(next, (await response.json()) as Record<string, string>);
  // The server's own pages and its answers speak the same language.
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox and Safari.
  document.cookie = `lang=${next}; Path=/; Max-Age=31536000; SameSite=Lax`;
}

/**
 * The text for a key in the language of the reader.
 *
 * `{name}` in a text is replaced by the parameter of that name. A text that depends on a number has two keys,
 * `x_one` and `x_other`, and is asked for as `t('x', { n: 3 })`. An unknown key answers with itself.
 */
export function t(key: MessageKey, params?: Params): string {
  return fill(catalogue.value, key, params);
}

/** The same from another set of texts. */
export function fill(texts: Readonly<Record<string, string>>, key: string, params?: Params): string {
  const n = params?.n;
  // Dutch and English tell one from all others; the browser's own rules would cost the first card time.
  const plural = typeof n === 'number' ? texts[`${key}_${n === 1 ? 'one' : 'other'}`] : undefined;
  const text = plural ?? texts[key] ?? key;
  return params ? text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole)) : text;
}
