/** One grey bar. */
export function Skeleton({ wide = '100%' }: { wide?: string }) {
  return <span class="skeleton" style={{ width: wide }} aria-hidden="true" />;
}
