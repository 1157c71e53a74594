import { useState } from 'preact/hooks';
import { Button, confirm, errorText, toast } from '../../components';
import { api } from '../../lib/api';
import type { components } from '../../lib/api.gen';
import { t } from '../../lib/i18n';

type Nudged = components['schemas']['Nudged'];

/** Reminds one teacher, or all who are behind: at most once a day each, and nobody who is done. The server keeps to that. */
function nudge(round: string, person: string | null): Promise<Nudged> {
  return api.post<Nudged>(`/rounds/${round}/nudges`, { person });
}

/** Reminds everybody who is behind, after a question that says what they get. */
export function NudgeAll({ round, behind }: { round: string; behind: number }) {
  const ask = async () => {
    const yes = await confirm({
      title: t('nudge.all_title', { n: behind }),
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
    } catch (error) {
      toast(errorText(error));
    }
  };
  return (
    <p>
      <Button small icon="bell" onClick={ask}>
        {t('nudge.all')}
      </Button>
    </p>
  );
}

/** Reminds one of them; what became of it takes the place of the button. */
export function NudgeOne({ round, person, name }: { round: string; person: string; name: string }) {
  const [said, setSaid] = useState('');
  const ask = async () => {
    try {
      const { told, already } = await nudge(round, person);
      setSaid(t(told > 0 ? 'nudge.told' : already > 0 ? 'nudge.already' : 'nudge.done_already'));
    } catch (error) {
      toast(errorText(error));
    }
  };
  return (
    <span role="status">
      {said ? (
        <span class="small soft">{said}</span>
      ) : (
        <Button small kind="ghost" icon="bell" aria-label={t('nudge.act_of', { name })} onClick={ask}>
          {t('nudge.act')}
        </Button>
      )}
    </span>
  );
}
