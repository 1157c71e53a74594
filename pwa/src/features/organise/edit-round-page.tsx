import { Loaded, PageHeader, SkeletonCard, toast } from '../../components';
import { api } from '../../lib/api';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import { replace } from '../../lib/navigate';
import type { ScreenProps } from '../../lib/screen';
import type { Stage } from './form-steps';
import { RoundForm } from './round-form';
import type { AudienceChoices, RoundBody, RoundDetail } from './types';
import { NO_WORDS } from './words-part';

/** Changes a draft wholly, and of an open or closed round what destroys nothing. */
export default function EditRoundPage({ round }: ScreenProps<'round'>) {
  const load = useLoad<RoundDetail>(`/rounds/${round}`);
  const choices = useLoad<AudienceChoices>('/rounds/audience');
  const save = async ({ based_on: _, ...change }: RoundBody, version: number) => {
    await api.patch(`/rounds/${round}`, change, { ifMatch: version });
    toast(t('organise.form.saved'));
    replace(`/organise/${round}`);
    return true;
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
                stage={stageOf(detail)}
                draftKey={`edit-round:${round}:${detail.version}`}
                onSave={(body) => save(body, detail.version)}
              />
            )}
          </Loaded>
        )}
      </Loaded>
    </section>
  );
}

function stageOf({ state, only_groups }: RoundDetail): Stage {
  if (state === 'draft') return 'draft';
  if (state !== 'open') return 'closed';
  return only_groups ? 'partly' : 'open';
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
    required_by_year: detail.required_by_year ?? [],
    mentors_watch: detail.mentors_watch,
    sharing: detail.sharing,
    reminders: detail.reminders ?? [],
    words: detail.words ?? NO_WORDS,
    based_on: null,
  };
}
