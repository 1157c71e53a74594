import { t } from '../../lib/i18n';
import type { Bundle, BundleGroup, BundleScope } from './types';

/** One thing to choose: whose reports, and how many students and groups that are. */
export interface Choice {
  value: string;
  label: string;
  scope: BundleScope;
  students: number;
  groups: number;
}

/** Each home group, each year of which there is more than one, and all of them together. */
export function choicesOf(groups: readonly BundleGroup[]): Choice[] {
  const count = (those: readonly BundleGroup[]) => ({
    students: those.reduce((total, group) => total + group.students, 0),
    groups: those.length,
  });
  const years = [...new Set(groups.flatMap(({ year }) => year ?? []))].sort();
  const found: Choice[] = groups
    .filter(({ students }) => students > 0)
    .map((group) => ({ value: group.id, label: group.title, scope: { home_group: group.id }, ...count([group]) }));
  for (const year of years) {
    const those = groups.filter((group) => group.year === year);
    if (those.length > 1 && those.length < groups.length) {
      found.push({ value: `year ${year}`, label: t('bundles.year', { year }), scope: { year }, ...count(those) });
    }
  }
  if (groups.length > 1) {
    found.push({ value: 'school', label: t('bundles.all_groups'), scope: { school: true }, ...count(groups) });
  }
  return found;
}

/** Whom a bundle is about. */
export function aboutOf(bundle: Bundle): string {
  if (bundle.about) return bundle.about;
  return bundle.scope === 'year' ? t('bundles.year', { year: bundle.year ?? '' }) : t('bundles.all_groups');
}

const MB = 1_000_000;

/** "2,3 MB"; a small file is 0,1. */
export function sizeOf(bytes: number, decimal: ',' | '.'): string {
  return `${Math.max(0.1, bytes / MB)
    .toFixed(1)
    .replace('.', decimal)} MB`;
}

/** Is it still being worked on? */
export function goesOn({ state }: Bundle): boolean {
  return state === 'waiting' || state === 'making';
}
