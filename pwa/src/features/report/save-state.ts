import type { SaveState } from '../../lib/autosave';
import { online } from '../../lib/session';

/** The mark that says where a text is, for the state of its autosave. */
export function shownState(state: SaveState): 'idle' | 'local' | 'saving' | 'saved' | 'offline' | 'error' | 'conflict' {
  switch (state) {
    case 'untouched':
    case 'writing':
      return 'idle';
    case 'phone':
      return online.value ? 'local' : 'offline';
    case 'saved':
      return 'saved';
    case 'conflict':
      return 'conflict';
    default:
      return 'error';
  }
}
