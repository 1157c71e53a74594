import { t } from '../../lib/i18n';
import type { StudentCard, StudentStatus } from '../report/types';

/** The name in a list; two of one name are told apart by their group. */
export function listed(student: StudentCard): string {
  return student.apart ? `${student.name} (${student.apart})` : student.name;
}

/** How far sharing, plan and talk of one student are, in a few words. */
export function statusText(s: StudentStatus, sharing: boolean): string {
  const parts: string[] = [];
  if (s.plan === 'concluded') parts.push(t('students.status.talked'));
  else if (s.plan === 'handed_in') parts.push(t('students.status.plan_in'));
  else if (s.shared?.read) parts.push(t('students.status.read'));
  else if (s.shared) parts.push(t('students.status.shared'));
  else if (sharing) parts.push(t('students.status.not_shared'));
  if (s.agreements > 0) parts.push(t('students.status.agreements', { n: s.agreements }));
  return parts.join(' · ');
}

/** Is feedback still missing, as far as the reader may know? */
export function incomplete(s: StudentStatus): boolean {
  return s.done !== null && s.total !== null && s.done < s.total;
}
