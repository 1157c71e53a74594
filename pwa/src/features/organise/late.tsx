import { Banner, Button, confirm, errorText, toast } from '../../components';
import { api } from '../../lib/api';
import { t } from '../../lib/i18n';
import type { GroupProgress, LateAccepted } from './types';

interface LateProps {
  round: string;
  groups: readonly GroupProgress[];
  total: number;
  onChanged: (text: string) => void;
}

/** Texts that came after closing: a count, and the choice to let a group in after all. */
export function Late({ round, groups, total, onChanged }: LateProps) {
  const accept = async (group: GroupProgress) => {
    const yes = await confirm({
      title: t('organise.late.title', { group: group.title }),
      text: t('organise.late.text'),
      yes: t('organise.late.act'),
    });
    if (!yes) return;
    try {
      const { taken_over, waiting } = await api.post<LateAccepted>(`/rounds/${round}/late-writes/accept`, {
        group_id: group.id,
      });
      const said = [
        t('organise.late.done', { group: group.title }),
        taken_over > 0 && t('progress.late_taken', { n: taken_over }),
        waiting > 0 && t('progress.late_waiting', { n: waiting }),
      ];
      onChanged(said.filter(Boolean).join(' '));
    } catch (error) {
      toast(errorText(error));
    }
  };
  return (
    <Banner kind="attention" icon="clock">
      <p>{t('organise.late.count', { n: total })}</p>
      <div class="row">
        {groups.map((group) => (
          <Button key={group.id} small onClick={() => accept(group)}>
            {group.title} ({group.late})
          </Button>
        ))}
      </div>
    </Banner>
  );
}
