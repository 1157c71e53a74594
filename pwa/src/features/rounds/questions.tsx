import { useState } from 'preact/hooks';
import { Button, errorText, toast } from '../../components';
import { api } from '../../lib/api';
import type { components } from '../../lib/api.gen';
import { day } from '../../lib/dates';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';

type Question = components['schemas']['MyQuestion'];
type Answered = components['schemas']['Answered'];

/** *Vragen van leerlingen*: who tapped it at my feedback, until we talked about it. Without any there is nothing here. */
export default function Questions() {
  const load = useLoad<Question[]>('/my/questions');
  // What is answered here stays until one comes back, so that a slip of the thumb can be mended.
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const all = load.data ?? [];
  const shown = all.filter((one) => !one.answered_at || touched.has(one.id));
  if (shown.length === 0) return null;

  async function mark(question: Question, answered: boolean) {
    try {
      const { answered_at } = await api.put<Answered>(`/my/questions/${question.id}`, { answered });
      setTouched((old) => new Set(old).add(question.id));
      load.set(all.map((one) => (one === question ? { ...one, answered_at } : one)));
    } catch (error) {
      toast(errorText(error));
      load.reload();
    }
  }

  return (
    <section class="card stack" aria-labelledby="rounds-questions">
      <div>
        <h2 class="heading" id="rounds-questions">
          {t('questions.title')}
        </h2>
        <p class="small soft">{t('questions.why')}</p>
      </div>
      <ul class="list">
        {shown.map((one) => (
          <li key={one.id} class="row spread">
            <span>
              <a class="label" href={`/rounds/${one.round_id}/students/${one.student.id}`}>
                {one.student.name}
              </a>
              <span class="small soft rounds-question-about">
                {[one.student.apart, one.subject, one.group, one.round_name, day(one.asked_at)]
                  .filter((part, index, parts) => part && parts.indexOf(part) === index)
                  .join(' · ')}
              </span>
            </span>
            <span class="row">
              <span key="said" class="small ink-on_track" role="status">
                {one.answered_at && t('questions.answered')}
              </span>
              <Button
                key="act"
                small
                kind={one.answered_at ? 'ghost' : 'secondary'}
                aria-label={t(one.answered_at ? 'questions.undo_of' : 'questions.act_of', { name: one.student.name })}
                onClick={() => mark(one, !one.answered_at)}
              >
                {t(one.answered_at ? 'questions.undo' : 'questions.act')}
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
