import { signal } from '../../lib/signals';

const NAME = 'rate.keys';

function kept(): boolean {
  try {
    return localStorage.getItem(NAME) !== 'off';
  } catch {
    return true;
  }
}

/** Whether single keys rate. Somebody who dictates or uses one switch can turn them off. */
export const keysOn = signal(kept());

export function setKeys(on: boolean): void {
  keysOn.value = on;
  try {
    localStorage.setItem(NAME, on ? 'on' : 'off');
  } catch {
    // Kept for this visit only.
  }
}
