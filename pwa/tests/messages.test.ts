import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import adminEn from '../messages/admin/en.json';
import adminNl from '../messages/admin/nl.json';
import en from '../messages/en.json';
import nl from '../messages/nl.json';

type Texts = Record<string, string>;
/** The texts of the app, asked for with `t`, and those of the admin's pages, with `ta`. */
const SETS: [name: string, ask: string, nl: Texts, en: Texts][] = [
  ['the app', 't', nl, en],
  ['the admin', 'ta', adminNl, adminEn],
];
const ROOT = process.cwd();

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((file) => file.isFile() && /\.tsx?$/.test(file.name) && !file.name.includes('.test.'))
    .map((file) => readFileSync(join(file.parentPath, file.name), 'utf8').replace(/\/\*[\s\S]*?\*\//g, ''));
}

/** What source code can ask for: whole keys, and the fixed beginnings of keys that are put together. */
function asked(ask = 't'): { strings: Set<string>; patterns: RegExp[]; called: Set<string> } {
  const code = [...sources('src'), ...sources('sw')].join('\n');
  const strings = new Set([...code.matchAll(/'([a-z][\w.]*)'/g)].map(([, key]) => key ?? ''));
  const called = new Set([...code.matchAll(new RegExp(`\\b${ask}\\(\\s*'([^']+)'`, 'g'))].map(([, key]) => key ?? ''));
  const patterns = [...code.matchAll(/`([a-z][\w.]*)\$\{[^`]*`/g)].map(([whole]) => {
    const parts = whole.slice(1, -1).split(/\$\{[^}]*\}/);
    return new RegExp(`^${parts.map((part) => part.replace(/\./g, '\\.')).join('[\\w]+')}$`);
  });
  return { strings, patterns, called };
}

const base = (key: string) => key.replace(/_(one|other)$/, '');

describe.each(SETS)('texts of %s', (_, ask, nl, en) => {
  test('both languages have the same keys', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(nl).sort());
  });

  test('no text is empty, and none is a group of texts', () => {
    for (const texts of [nl, en]) {
      for (const [key, text] of Object.entries(texts)) {
        expect(typeof text, key).toBe('string');
        expect(text.trim(), key).not.toBe('');
      }
    }
  });

  test('both languages fill in the same parameters', () => {
    const params = (text = '') => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
    const different = Object.keys(nl).filter((key) => params(nl[key]).join() !== params(en[key]).join());
    expect(different).toEqual([]);
  });

  test('a text for one has a text for many', () => {
    const alone = Object.keys(nl).filter((key) => key.endsWith('_one') && !(`${base(key)}_other` in nl));
    expect(alone).toEqual([]);
  });

  test('every key that is asked for exists', () => {
    const missing = [...asked(ask).called].filter((key) => !(key in nl) && !(`${key}_other` in nl));
    expect(missing).toEqual([]);
  });

  test('every key is used', () => {
    const { strings, patterns } = asked(ask);
    const unused = Object.keys(nl).filter((key) => {
      const names = [key, base(key)];
      return !names.some((name) => strings.has(name) || patterns.some((pattern) => pattern.test(name)));
    });
    expect(unused).toEqual([]);
  });
});
