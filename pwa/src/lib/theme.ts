import { signal } from './signals';

export type Theme = 'light' | 'dark' | 'auto';

const YEAR_S = 365 * 24 * 60 * 60;

function current(): Theme {
  const set = typeof document === 'undefined' ? undefined : document.documentElement.dataset.theme;
  return set === 'light' || set === 'dark' ? set : 'auto';
}

/** What the person chose; `auto` follows the device. */
export const theme = signal<Theme>(current());

/** The school's own colour in place of ours, or ours again (styles/tokens.css). */
export function setAccent(accent: { light: string; dark: string } | null | undefined): void {
  document.documentElement.style.setProperty('--own', accent ? `light-dark(${accent.light}, ${accent.dark})` : '');
}

/** Sets the theme at once and for the next visits; the cookie lets the first paint have the right colours. */
export function setTheme(next: Theme): void {
  theme.value = next;
  if (next === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox and Safari.
  document.cookie = `theme=${next}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax`;
}
