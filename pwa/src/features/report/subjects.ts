import type { Stoplight, SubjectFeedback } from './types';

const RANK: Record<Stoplight, number> = { excellent: 0, on_track: 1, attention: 2, warning: 3, no_picture: 4 };

/** What happened since the last round: nothing to compare with, the same, or another stoplight than before. */
export type Change = { kind: 'none' } | { kind: 'same' } | { kind: 'better' | 'worse' | 'other'; was: Stoplight };

/**
 * Compares with the last round. *Nog geen beeld* is outside all figures: coming from it or going to it is neither
 * better nor worse.
 */
export function changeSince(subject: Pick<SubjectFeedback, 'stoplight' | 'was'>): Change {
  const now = subject.stoplight;
  const was = subject.was?.stoplight;
  if (!now || !was) return { kind: 'none' };
  if (now === was) return { kind: 'same' };
  if (now === 'no_picture' || was === 'no_picture') return { kind: 'other', was };
  return { kind: RANK[now] < RANK[was] ? 'better' : 'worse', was };
}

/** True when there is something to read: a stoplight, or texts an author wrote without one. */
export function hasFeedback(subject: SubjectFeedback): boolean {
  return subject.stoplight !== null || subject.remark !== '' || subject.action !== '';
}

function byName(a: SubjectFeedback, b: SubjectFeedback): number {
  return a.subject.localeCompare(b.subject, 'nl') || a.group.localeCompare(b.group, 'nl');
}

/** For staff: what asks for care stands on top, then what goes well; within that by the name of the subject. */
export function careFirst(subjects: readonly SubjectFeedback[]): SubjectFeedback[] {
  const rank = (s: SubjectFeedback) =>
    s.stoplight === null ? 9 : s.stoplight === 'no_picture' ? 8 : -RANK[s.stoplight];
  return subjects.filter(hasFeedback).sort((a, b) => rank(a) - rank(b) || byName(a, b));
}

/** Subjects of which nothing came (yet). */
export function missing(subjects: readonly SubjectFeedback[]): SubjectFeedback[] {
  return subjects.filter((s) => !hasFeedback(s)).sort(byName);
}

/** The report as the student reads it: it starts with what goes well. */
export interface StudentSections {
  well: SubjectFeedback[];
  attention: SubjectFeedback[];
  warning: SubjectFeedback[];
  noPicture: SubjectFeedback[];
}

export function forStudent(subjects: readonly SubjectFeedback[]): StudentSections {
  const given = subjects.filter((s) => s.stoplight !== null).sort(byName);
  const only = (...lights: Stoplight[]) => given.filter((s) => s.stoplight && lights.includes(s.stoplight));
  return {
    well: [...only('excellent'), ...only('on_track')],
    attention: only('attention'),
    warning: only('warning'),
    noPicture: only('no_picture'),
  };
}

/** The stoplights of a strip, always in the learned order. */
export function inOrder<T extends { stoplight: Stoplight }>(strip: readonly T[]): T[] {
  return [...strip].sort((a, b) => RANK[a.stoplight] - RANK[b.stoplight]);
}

/** A question that a teacher asked in the feedback, to be answered in the plan. */
export interface Question {
  feedback_id: string;
  subject: string;
  stoplight: Stoplight;
  text: string;
}

/** The sentences of a text that end with a question mark. */
export function questionSentences(text: string): string[] {
  return (text.match(/[^.!?…\n]+(?:[.!…](?=\S)[^.!?…\n]*)*[.!?…]+/g) ?? [])
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence.endsWith('?'));
}

/** What teachers asked, in the order of the report: the manual invites them to ask in remark or action. */
export function questionsIn(subjects: readonly SubjectFeedback[]): Question[] {
  return careFirst(subjects).flatMap((s) => {
    const text = [...questionSentences(s.remark), ...questionSentences(s.action)].join(' ');
    return s.feedback_id && s.stoplight && text
      ? [{ feedback_id: s.feedback_id, subject: s.subject, stoplight: s.stoplight, text }]
      : [];
  });
}
