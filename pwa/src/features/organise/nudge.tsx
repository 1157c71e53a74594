import { useState } from 'preact/hooks';
import { Button, confirm, errorText, toast } from '../../components';
import { api } from '../../lib/api';
import type { components } from '../../lib/api.gen';
import { t } from '../../lib/i18n';
import type { TeacherProgress } from './types';

type Nudged = components['schemas']['Nudged'];

/** Reminds one teacher, or all who are behind: at most once a day each, and nobody who is done. The server keeps to that. */
function nudge(round: string, person: string | null): Promise<Nudged> {
  return api.post<Nudged>(`/rounds/${round}/nudges`, { person });
}

interface NudgeAllProps {
  round: string;
  /** So many are behind and were not reminded today. */
  waiting: number;
  onDone: () => void;
}

/** Reminds everybody who is behind, after a question that says what they get; until all of them were, today. */
export function NudgeAll({ round, waiting, onDone }: NudgeAllProps) {
  const ask = async () => {
    const yes = await confirm({
      title: t('nudge.all_title', { n: waiting }),
      text: t('nudge.text'),
      yes: t('nudge.act'),
    });
    if (!yes) return;
    try {
      const { told, already } = await nudge(round, null);
      const some = [
        (told > 0 || already === 0) && t('nudge.told_some', { n: told }),
        already > 0 && t('nudge.already_some', { n: already }),
      ];
      toast(some.filter(Boolean).join(' '));
      onDone();
    } catch (error) {
      toast(errorText(error));
    }
  };
  if (waiting === 0) return <p class="small soft">{t('nudge.all_already')}</p>;
  return (
    <p>
      <Button small icon="bell" onClick={ask}>
        {t('nudge.all')}
      </Button>
    </p>
  );
}

interface NudgeOneProps {
  round: string;
  teacher: TeacherProgress;
  onDone: () => void;
}

/** Reminds one of them; what became of it takes the place of the button, also when somebody else did so today. */
export function NudgeOne({ round, teacher, onDone }: NudgeOneProps) {
  const [told, setTold] = useState('');
  const said = told || (teacher.reminded ? t('nudge.already') : '');
  const ask = async () => {
    try {
      const { told, already } = await nudge(round, teacher.id);
      setTold(t(told > 0 ? 'nudge.told' : already > 0 ? 'nudge.already' : 'nudge.done_already'));
      onDone();
    } catch (error) {
      toast(errorText(error));
    }
  };
  return (
    <span role="status">
      {said ? (
        <span class="small soft">{said}</span>
      ) : (
        <Button small kind="ghost" icon="bell" aria-label={t('nudge.act_of', { name: teacher.name })} onClick={ask}>
          {t('nudge.act')}
        </Button>
      )}
    </span>
  );
}
