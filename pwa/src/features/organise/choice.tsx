import type { ComponentChildren } from 'preact';

/** Chips that answer one question together. */
export function Choice({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <fieldset class="organise-choice">
      <legend class="label">{label}</legend>
      <div class="organise-chips">{children}</div>
    </fieldset>
  );
}
