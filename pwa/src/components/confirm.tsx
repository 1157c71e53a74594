import { lazily } from '../lib/lazily';
import { signal } from '../lib/signals';

export interface Question {
  title: string;
  text?: string;
  yes: string;
  no?: string;
  danger?: boolean;
  /** There is nothing to choose: it is told, and one button closes it. */
  told?: boolean;
}

/** The question that is asked now. */
export const asked = signal<(Question & { answer: (yes: boolean) => void }) | null>(null);

/** Asks, and answers true for yes; closing it any other way is no. */
export function confirm(question: Question): Promise<boolean> {
  asked.value?.answer(false);
  return new Promise((resolve) => {
    asked.value = {
      ...question,
      answer: (yes) => {
        asked.value = null;
        resolve(yes);
      },
    };
  });
}

const QuestionDialog = lazily(() =>
  import('./question-dialog').catch((error: unknown) => {
    // Nobody could be asked, and that is not a yes.
    asked.value?.answer(false);
    throw error;
  }),
);
let ever = false;

/** The place of questions; stands once in the frame. What shows them is fetched at the first one. */
export function Questions() {
  ever ||= asked.value !== null;
  return ever ? <QuestionDialog /> : null;
}
