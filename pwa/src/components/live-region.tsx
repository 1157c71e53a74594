import { spoken } from '../lib/announce';

/** Reads `announce()` out; also inside whatever is modal, as all else is silent then. */
export function LiveRegion() {
  return (
    <div class="visually-hidden" aria-live="polite" aria-atomic="true">
      {spoken.value}
    </div>
  );
}
