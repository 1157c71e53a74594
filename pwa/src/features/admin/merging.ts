import { confirm, toast } from '../../components';
import { api } from '../../lib/api';
import { go } from '../../lib/navigate';
import { act } from './data';
import { type AdminKey, ta } from './texts';
import type { PersonDetail, PersonLine } from './types';

/** What the server names, in words. */
const REASONS: Readonly<Record<string, AdminKey>> = {
  gone: 'admin.merge.gone',
  in_roster: 'admin.merge.in_roster',
  other_kind: 'admin.merge.other_kind',
  feedback: 'admin.merge.feedback',
  late: 'admin.merge.late',
  message: 'admin.merge.message',
  report: 'admin.merge.report',
  plan: 'admin.merge.plan',
  yourself: 'admin.merge.yourself',
};

/** Two who are one have one name as a rule: what tells them apart stands beside it. */
const apart = ({ name, username, email }: { name: string; username: string; email: string }) =>
  username || email ? `${name} (${username || email})` : name;

/** Asks once more, then makes the two one; or says why they cannot be. */
export async function mergeWith(person: PersonDetail, into: PersonLine): Promise<void> {
  const yes = await confirm({
    title: ta('admin.merge.question', { name: person.name, into: into.name }),
    text: `${ta('admin.merge.stays', { name: apart(person), into: apart(into) })} ${ta('admin.merge.what')}`,
    yes: ta('admin.merge.act'),
    danger: true,
  });
  if (!yes) return;
  try {
    await api.post(`/admin/people/${person.id}/merge`, { into: into.id });
    toast(ta('admin.merge.done'));
    go(`/admin/people/${into.id}`);
  } catch (error) {
    const reasons = (error as { members?: { reasons?: string[] } }).members?.reasons ?? [];
    const known = reasons.flatMap((reason) => REASONS[reason] ?? []).map((key) => ta(key));
    if (known.length > 0) {
      await confirm({
        title: ta('admin.merge.refused'),
        text: known.join(' '),
        yes: ta('admin.merge.understood'),
        told: true,
      });
    } else {
      await act(() => Promise.reject(error));
    }
  }
}
