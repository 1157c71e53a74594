import { useState } from 'preact/hooks';
import { Banner, Button, confirm, errorText, Loaded, SelectField, Sheet, SkeletonText, toast } from '../../components';
import { ApiProblem, api } from '../../lib/api';
import { useClosing } from '../../lib/closing';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import type { Colleague, GroupProgress, StandIn } from './types';

interface StandInSheetProps {
  round: string;
  group: GroupProgress;
  onChanged: () => void;
  onClose: () => void;
}

/** Who writes for this group in this round beside its teachers: give it to a colleague, or take it back. */
export function StandInSheet({ round, group, onChanged, onClose }: StandInSheetProps) {
  const { open, close } = useClosing(onClose);
  const colleagues = useLoad<Colleague[]>('/rounds/colleagues');
  const [chosen, setChosen] = useState('');
  const [error, setError] = useState<unknown>(null);
  const field = error instanceof ApiProblem ? error.at('/person_id') : undefined;
  const give = async () => {
    try {
      const given = await api.post<StandIn>(`/rounds/${round}/stand-ins`, { group_id: group.id, person_id: chosen });
      toast(t('progress.stand_in.given', { name: given.name, group: group.title }));
      onChanged();
      close();
    } catch (thrown) {
      setError(thrown);
    }
  };
  return (
    <Sheet
      open={open}
      onClose={close}
      title={t('progress.stand_in.title', { group: group.title })}
      subtitle={group.subject}
      footer={
        <Button kind="primary" wide disabled={!chosen} onClick={give}>
          {t('progress.stand_in.give')}
        </Button>
      }
    >
      {error !== null && !field && (
        <Banner kind="warning" icon="alert">
          {errorText(error)}
        </Banner>
      )}
      <p class="soft">{t('progress.stand_in.text')}</p>
      {group.stand_ins.length > 0 && (
        <section class="stack tight" aria-labelledby="stand-ins">
          <h3 class="label" id="stand-ins">
            {t('progress.stand_in.now')}
          </h3>
          <ul class="list">
            {group.stand_ins.map((one) => (
              <Given key={one.person_id} round={round} group={group} one={one} onChanged={onChanged} />
            ))}
          </ul>
        </section>
      )}
      <Loaded from={colleagues} skeleton={<SkeletonText rows={2} />}>
        {(all) => (
          <SelectField
            label={t('progress.stand_in.who')}
            value={chosen}
            options={[
              { value: '', label: t('progress.stand_in.choose') },
              ...all.map((one) => ({ value: one.id, label: one.list_name })),
            ]}
            onInput={(value) => {
              setChosen(value);
              setError(null);
            }}
            error={field}
          />
        )}
      </Loaded>
    </Sheet>
  );
}

interface GivenProps {
  round: string;
  group: GroupProgress;
  one: StandIn;
  onChanged: () => void;
}

function Given({ round, group, one, onChanged }: GivenProps) {
  const take = async () => {
    const yes = await confirm({
      title: t('progress.stand_in.take_title', { group: group.title, name: one.name }),
      text: t('progress.stand_in.take_text'),
      yes: t('progress.stand_in.take'),
    });
    if (!yes) return;
    try {
      await api.del(`/rounds/${round}/groups/${group.id}/stand-ins/${one.person_id}`);
      toast(t('progress.stand_in.taken', { name: one.name, group: group.title }));
      onChanged();
    } catch (error) {
      toast(errorText(error));
    }
  };
  return (
    <li class="list-row">
      <span class="list-row-text">{one.name}</span>
      <Button small kind="ghost" aria-label={t('progress.stand_in.take_of', { name: one.name })} onClick={take}>
        {t('progress.stand_in.take')}
      </Button>
    </li>
  );
}
