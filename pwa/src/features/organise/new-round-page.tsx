import { Loaded, PageHeader, SkeletonCard, toast } from '../../components';
import { api } from '../../lib/api';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import { replace } from '../../lib/navigate';
import type { ScreenProps } from '../../lib/screen';
import { RoundForm } from './round-form';
import type { AudienceChoices, RoundAnswer, RoundBody } from './types';

/** A new round, filled in from the last one or from the school's defaults. */
export default function NewRoundPage({ query }: ScreenProps) {
  const from = query.from;
  const start = useLoad<RoundBody>(from ? `/rounds/defaults?based_on=${from}` : '/rounds/defaults');
  const choices = useLoad<AudienceChoices>('/rounds/audience');
  const save = async (body: RoundBody) => {
    const made = await api.post<RoundAnswer>('/rounds', body);
    toast(t('organise.form.made'));
    replace(`/organise/${made.id}`);
  };
  return (
    <section class="page">
      <PageHeader title={t('title.new_round')} back="/organise" />
      <Loaded from={start} skeleton={<SkeletonCard rows={6} />}>
        {(body) => (
          <Loaded from={choices} skeleton={<SkeletonCard rows={6} />}>
            {(found) => (
              <RoundForm
                start={body}
                choices={found}
                draftKey={`new-round:${from ?? ''}`}
                act={t('organise.form.make')}
                onSave={save}
              />
            )}
          </Loaded>
        )}
      </Loaded>
    </section>
  );
}
