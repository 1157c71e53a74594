import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ErrorState, SkeletonCard } from '../../components';
import { ConnectionLost } from '../../lib/api';
import type { ScreenProps } from '../../lib/screen';

/** The figures are not kept on the device: they are fetched each time, and without a network one reads that. */
export function FiguresPage(props: ScreenProps) {
  const [page, setPage] = useState<{ Shown: ComponentType<ScreenProps> } | 'lost' | null>(null);
  const load = () => {
    import('../figures/figures-page').then(
      ({ default: Shown }) => setPage({ Shown }),
      () => setPage('lost'),
    );
  };
  useEffect(load, []);
  if (page === null) return <SkeletonCard rows={6} />;
  if (page === 'lost') return <ErrorState error={new ConnectionLost()} onRetry={load} />;
  return <page.Shown {...props} />;
}
