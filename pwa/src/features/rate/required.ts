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

/** Takes one change back and leaves alone what was written after it. */
export function reverted(now: Content, before: Content, after: Content): Content {
  return {
    stoplight: now.stoplight === after.stoplight ? before.stoplight : now.stoplight,
    remark: now.remark === after.remark ? before.remark : now.remark,
    action: now.action === after.action ? before.action : now.action,
  };
}

/** Puts a sentence starter behind what stands there already. */
export function withStarter(text: string, starter: string): string {
  const before = text.trimEnd();
  return before ? `${before} ${starter} ` : `${starter} `;
}
