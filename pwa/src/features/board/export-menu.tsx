import { errorText, Menu, toast } from '../../components';
import { t } from '../../lib/i18n';
import { download } from './download';

async function take(path: string): Promise<void> {
  try {
    await download(path);
    toast(t('board.export.done'));
  } catch (error) {
    toast(errorText(error));
  }
}

const FORMS = ['xlsx', 'csv'] as const;

/** The texts of one group, or of a leader's whole scope, as a file. */
export function ExportTexts({
  round,
  group,
  title,
  all,
}: {
  round: string;
  group: string;
  title: string;
  all: boolean;
}) {
  const path = (form: string) => `/rounds/${round}/export/feedback?form=${form}`;
  return (
    <Menu
      label={t('board.export')}
      icon="share"
      items={[
        ...FORMS.map((form) => ({
          label: t(`board.export.group_${form}`, { group: title }),
          onClick: () => void take(`${path(form)}&group=${group}`),
        })),
        ...(all
          ? FORMS.map((form) => ({ label: t(`board.export.all_${form}`), onClick: () => void take(path(form)) }))
          : []),
      ]}
    />
  );
}

/** What an organiser may take along of a round, for the menu of its page: counts by group. */
export function countsFiles(round: string) {
  return FORMS.map((form) => ({
    label: t(`board.export.counts_${form}`),
    icon: 'share' as const,
    onClick: () => void take(`/rounds/${round}/export/counts?form=${form}`),
  }));
}
