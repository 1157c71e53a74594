import { Loaded, PageHeader, SkeletonCard, toast } from '../../components';
import { api } from '../../lib/api';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import { replace } from '../../lib/navigate';
import type { ScreenProps } from '../../lib/screen';
import { RoundForm } from './round-form';
import type { AudienceChoices, RoundBody, RoundDetail } from './types';

/** Changes a draft wholly, and of an open or closed round what touches no text. */
export default function EditRoundPage({ round }: ScreenProps<'round'>) {
  const load = useLoad<RoundDetail>(`/rounds/${round}`);
  const choices = useLoad<AudienceChoices>('/rounds/audience');
  const save = async (body: RoundBody, detail: RoundDetail) => {
    const { based_on: _, audience, required, opens_at, ...rest } = body;
    const change = detail.state === 'draft' ? { ...rest, audience, required, opens_at } : rest;
    await api.patch(`/rounds/${round}`, change, { ifMatch: detail.version });
    toast(t('organise.form.saved'));
    replace(`/organise/${round}`);
  };
  return (
    <section class="page">
      <PageHeader title={t('title.edit_round')} back={`/organise/${round}`} />
      <Loaded from={load} skeleton={<SkeletonCard rows={6} />}>
        {(detail) => (
          <Loaded from={choices} skeleton={<SkeletonCard rows={6} />}>
            {(found) => (
              <RoundForm
                start={startOf(detail)}
                choices={found}
                fixed={detail.state !== 'draft'}
                draftKey={`edit-round:${round}:${detail.version}`}
                act={t('organise.form.save')}
                onSave={(body) => save(body, detail)}
              />
            )}
          </Loaded>
        )}
      </Loaded>
    </section>
  );
}

function startOf(detail: RoundDetail): RoundBody {
  return {
    name: detail.name,
    explanation: detail.explanation ?? '',
    deadline: detail.deadline,
    opens_at: detail.opens_at ?? null,
    closes_at: detail.closes_at ?? null,
    audience: detail.audience ?? {},
    required: detail.required,
    mentors_watch: detail.mentors_watch,
    sharing: detail.sharing,
    reminders: detail.reminders ?? [],
    based_on: null,
  };
}
