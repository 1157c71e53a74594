import { confirm, Loaded, PageHeader, SelectField, SkeletonCard, toast } from '../../components';
import { ApiProblem, api } from '../../lib/api';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import { replace } from '../../lib/navigate';
import type { ScreenProps } from '../../lib/screen';
import { RoundForm } from './round-form';
import type { AudienceChoices, RoundAnswer, RoundBody, RoundSummary, Template } from './types';

/** A new round, filled in from the last one, from a template, or from the school's defaults. */
export default function NewRoundPage({ query }: ScreenProps) {
  const { from, template } = query;
  const wanted = from ? `?based_on=${from}` : template ? `?template=${template}` : '';
  const start = useLoad<RoundBody>(`/rounds/defaults${wanted}`);
  const choices = useLoad<AudienceChoices>('/rounds/audience');
  const save = async (body: RoundBody, open: boolean) => {
    if (open && !(await reallyOpen())) return false;
    const made = await api.post<RoundAnswer>('/rounds', body);
    toast(t('organise.form.made'));
    // From here on the round is there: what opening says is told on its own page.
    if (open) await opened(made.id);
    replace(`/organise/${made.id}`);
    return true;
  };
  return (
    <section class="page">
      <PageHeader title={t('title.new_round')} back="/organise" />
      <Loaded from={start} skeleton={<SkeletonCard rows={6} />}>
        {(body) => (
          <Loaded from={choices} skeleton={<SkeletonCard rows={6} />}>
            {(found) => (
              <RoundForm
                key={wanted}
                fresh
                start={body}
                choices={found}
                draftKey={`new-round:${wanted}`}
                from={<From from={from} template={template} />}
                onSave={save}
              />
            )}
          </Loaded>
        )}
      </Loaded>
    </section>
  );
}

function reallyOpen(): Promise<boolean> {
  return confirm({ title: t('organise.open.title'), text: t('organise.open.now'), yes: t('organise.open.act') });
}

async function opened(round: string): Promise<void> {
  try {
    await api.post(`/rounds/${round}/open`);
    toast(t('organise.open.done'));
  } catch (error) {
    toast(error instanceof ApiProblem ? `${error.title}. ${error.detail}` : t('organise.form.offline'));
  }
}

/** What the form begins with: another round, a template, or nothing. */
function From({ from, template }: { from: string | undefined; template: string | undefined }) {
  const rounds = useLoad<RoundSummary[]>('/rounds');
  const templates = useLoad<Template[]>('/round-templates');
  if (!rounds.data || !templates.data || rounds.data.length + templates.data.length === 0) return null;
  return (
    <SelectField
      label={t('organise.form.begin')}
      value={from ? `from=${from}` : template ? `template=${template}` : ''}
      options={[
        { value: '', label: t('organise.form.begin_empty') },
        ...rounds.data.map((one) => ({
          value: `from=${one.id}`,
          label: t('organise.form.begin_round', { name: one.name }),
        })),
        ...templates.data.map((one) => ({
          value: `template=${one.id}`,
          label: t('organise.form.begin_template', { name: one.name }),
        })),
      ]}
      onInput={(value) => replace(value ? `/organise/new?${value}` : '/organise/new')}
    />
  );
}
