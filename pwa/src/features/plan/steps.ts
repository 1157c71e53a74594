import { PLAN_STEPS, type Plan, type PlanContent, type PlanStep } from '../report/types';

/** A screen of the plan: one question each, the teachers' questions where there are any, and the summary. */
export type Screen = PlanStep | 'answers' | 'summary';

export const EMPTY_PLAN: PlanContent = { proud: '', improve: '', how: '', help: '', when: '', answers: {} };

/** The screens in their order. */
export function screens(hasQuestions: boolean): Screen[] {
  return [...PLAN_STEPS, ...(hasQuestions ? (['answers'] as const) : []), 'summary'];
}

/** True as long as nothing was written in any step. */
export function isEmpty(content: PlanContent): boolean {
  return PLAN_STEPS.every((step) => !content[step].trim()) && Object.values(content.answers).every((a) => !a.trim());
}

/** Has this step been answered? The step with questions has when each question was. */
export function answered(
  content: PlanContent,
  step: Exclude<Screen, 'summary'>,
  questions: readonly string[],
): boolean {
  return step === 'answers'
    ? questions.every((id) => (content.answers[id] ?? '').trim() !== '')
    : content[step].trim() !== '';
}

/** Where to go on: the first step without an answer, or the summary. */
export function resumeAt(content: PlanContent, questions: readonly string[]): Screen {
  const steps = screens(questions.length > 0);
  return steps.find((step) => step !== 'summary' && !answered(content, step, questions)) ?? 'summary';
}

/** What the student works on: the draft, or the version handed in last when there is none. */
export function working(plan: Plan | null): PlanContent {
  const content = plan?.draft ?? plan?.versions.at(-1)?.content;
  return content ? { ...EMPTY_PLAN, ...content, answers: { ...content.answers } } : EMPTY_PLAN;
}

/** Do the two say the same? Unanswered questions count as not there. */
export function same(a: PlanContent, b: PlanContent): boolean {
  const ids = new Set([...Object.keys(a.answers), ...Object.keys(b.answers)]);
  return (
    PLAN_STEPS.every((step) => a[step] === b[step]) &&
    [...ids].every((id) => (a.answers[id] ?? '') === (b.answers[id] ?? ''))
  );
}

/** Puts the start of a sentence behind what is there already, on a line of its own. */
export function withStarter(text: string, starter: string): string {
  const start = `${starter.replace(/…$/, '').trimEnd()} `;
  const before = text.trimEnd();
  return before ? `${before}\n${start}` : start;
}
