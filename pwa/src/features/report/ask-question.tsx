import { useState } from 'preact/hooks';
import { Button, errorText, toast } from '../../components';
import { api } from '../../lib/api';
import { t } from '../../lib/i18n';
import type { Question, Report, SubjectFeedback } from './types';

/** The student's *ik heb een vraag* at one subject: no text, for the two talk about it. It can be taken back until it is answered. */
export function AskQuestion({
  report,
  subject,
  reload,
}: {
  report: Report;
  subject: SubjectFeedback;
  reload: () => void;
}) {
  // What the server answered holds until the report itself says it.
  const [told, setTold] = useState<{ before: Report; question: Question }>();
  const question =
    told?.before === report
      ? told.question
      : // A copy on the device may be older than questions are.
        report.questions?.find((one) => one.feedback_id === subject.feedback_id);
  const state = question?.answered_at ? 'answered' : question?.asked_at ? 'asked' : 'none';
  if (!report.can.ask && state === 'none') return null;

  async function ask(on: boolean) {
    const path = `/rounds/${report.round.id}/students/${report.student.id}/feedback/${subject.feedback_id}/question`;
    try {
      setTold({ before: report, question: await api.put<Question>(path, { on }) });
      reload();
    } catch (error) {
      toast(errorText(error));
    }
  }

  return (
    <p class="row ask">
      <span key="said" class="small soft" role="status">
        {state !== 'none' && t(`ask.${state}`)}
      </span>
      {report.can.ask && (
        <Button
          key="act"
          small
          kind="ghost"
          aria-label={t(`ask.act_of.${state}`, { subject: subject.subject })}
          onClick={() => ask(state !== 'asked')}
        >
          {t(`ask.act.${state}`)}
        </Button>
      )}
    </p>
  );
}
