import { Skeleton } from './skeleton';

const shapes = (n: number) => Array.from({ length: n }, (_, i) => i);

export function SkeletonText({ rows = 3 }: { rows?: number }) {
  return (
    <div class="stack tight" aria-hidden="true">
      {shapes(rows).map((i) => (
        <Skeleton key={i} wide={i === rows - 1 ? '60%' : '100%'} />
      ))}
    </div>
  );
}

export function SkeletonList({ rows = 6 }: { rows?: number }) {
  return (
    <div class="list" aria-hidden="true">
      {shapes(rows).map((i) => (
        <div key={i} class="list-row">
          <span class="skeleton skeleton-round" />
          <span class="list-row-text stack tight">
            <Skeleton wide={`${44 + ((i * 17) % 30)}%`} />
            <Skeleton wide={`${24 + ((i * 11) % 20)}%`} />
          </span>
        </div>
      ))}
    </div>
  );
}

export function SkeletonCard({ rows = 3 }: { rows?: number }) {
  return (
    <div class="card stack" aria-hidden="true">
      <Skeleton wide="45%" />
      <SkeletonText rows={rows} />
    </div>
  );
}
