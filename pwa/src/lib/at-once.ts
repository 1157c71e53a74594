import { options } from 'preact';

/**
 * Shows what this changes before it returns, instead of a moment later: a phone opens its keyboard only for a field that
 * gets the focus within the tap itself.
 */
export function atOnce(change: () => void): void {
  const usual = options.debounceRendering;
  options.debounceRendering = (render) => render();
  try {
    change();
  } finally {
    if (usual) options.debounceRendering = usual;
    else delete options.debounceRendering;
  }
}
