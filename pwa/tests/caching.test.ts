import { describe, expect, test } from 'vitest';
import { revisionOf, successors } from '../sw/caching';

describe('files that are kept from their first use on', () => {
  const offered = new Set(['/assets/nl-AAAAAAA2.json', '/assets/en-BBBBBBB2.json', '/assets/plan-page-CCCC_-C2.js']);

  test('an update brings the newer version of those that were used, and of no others', () => {
    expect(successors(['/assets/nl-AAAAAAA1.json', '/assets/plan-page-CCCC_-C1.js'], offered)).toEqual([
      '/assets/nl-AAAAAAA2.json',
      '/assets/plan-page-CCCC_-C2.js',
    ]);
  });

  test('a file that did not change is its own successor', () => {
    expect(successors(['/assets/en-BBBBBBB2.json'], offered)).toEqual(['/assets/en-BBBBBBB2.json']);
  });

  test('a style is not the successor of a script of the same name, and a file that went has none', () => {
    expect(successors(['/assets/plan-page-CCCCCCC1.css', '/assets/gone-DDDDDDD1.js'], offered)).toEqual([]);
  });
});

test('the page around the app is renewed when one of the files it names changes', () => {
  const before = [
    { url: 'a', revision: '1' },
    { url: 'b', revision: null },
  ];
  expect(revisionOf(before)).toBe(revisionOf(before.map((entry) => ({ ...entry }))));
  expect(revisionOf(before)).not.toBe(
    revisionOf([
      { url: 'a', revision: '2' },
      { url: 'b', revision: null },
    ]),
  );
});
