import type { Content } from '../../lib/conflict';
import type { RequiredTexts } from './types';

export type Missing = 'stoplight' | 'remark' | 'action' | 'reason';

/**
 * What is still asked for, as the server will say once it has the text; asked here so that the field is red without a
 * network too. White space is no text.
 */
export function missing(required: RequiredTexts, { stoplight, remark, action }: Content): Missing[] {
  if (!stoplight) return ['stoplight'];
  if (stoplight === 'no_picture') return remark.trim() ? [] : ['reason'];
  const rule = required[stoplight];
  const found: Missing[] = [];
  if (rule?.remark && !remark.trim()) found.push('remark');
  if (rule?.action && !action.trim()) found.push('action');
  return found;
}
