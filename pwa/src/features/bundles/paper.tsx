import { useState } from 'preact/hooks';
import { IconButton } from '../../components';
import { t } from '../../lib/i18n';
import { go } from '../../lib/navigate';
import { BundleSheet } from './bundle-sheet';

interface PaperProps {
  round: { id: string; name: string };
  student?: { id: string; name: string };
  group?: { id: string; title: string };
  staff?: boolean;
}

/** The way to paper, beside what would be put on it. */
export function Paper({ round, student, group, staff = true }: PaperProps) {
  const [open, setOpen] = useState(false);
  const name = student?.name ?? group?.title ?? '';
  return (
    <>
      <IconButton icon="report" label={t('bundles.paper_of', { name })} onClick={() => setOpen(true)} />
      {open && (
        <BundleSheet
          about={{ round, staff, ...(student ? { student } : {}), ...(group ? { group } : {}) }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

/** What one asked for, where a notice leads to it. */
export function MyPaper() {
  return <BundleSheet mine onClose={() => go('/students')} />;
}
