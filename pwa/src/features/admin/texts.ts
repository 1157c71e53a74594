import { useEffect } from 'preact/hooks';
import { fill, type Language, language, type Params } from '../../lib/i18n';
import { signal } from '../../lib/signals';

type Texts = Readonly<Record<string, string>>;
type Key = keyof typeof import('../../../messages/admin/nl.json');
type Singular<K extends string> = K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K;
/** A key of messages/admin/nl.json; with `{ n }` as in the texts of the app. */
export type AdminKey = Singular<Key>;

const FILES: Record<Language, () => Promise<{ default: Texts }>> = {
  nl: () => import('../../../messages/admin/nl.json'),
  en: () => import('../../../messages/admin/en.json'),
};

const shown = signal<{ language: Language | null; texts: Texts; failed: boolean }>({
  language: null,
  texts: {},
  failed: false,
});

function fetchTexts(wanted: Language): void {
  FILES[wanted]().then(
    ({ default: texts }) => {
      shown.value = { language: wanted, texts, failed: false };
    },
    () => {
      shown.value = { ...shown.value, failed: true };
    },
  );
}

/** The admin's texts come with the admin's pages. True once they are here in the reader's language; a function tries again. */
export function useTexts(): boolean | (() => void) {
  const wanted = language.value;
  const { language: here, failed } = shown.value;
  useEffect(() => {
    if (here !== wanted) fetchTexts(wanted);
  }, [here, wanted]);
  if (failed) return () => fetchTexts(wanted);
  return here === wanted;
}

/** A text of the admin's pages. */
export function ta(key: AdminKey, params?: Params): string {
  return fill(shown.value.texts, key, params);
}
