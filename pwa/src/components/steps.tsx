import { type MessageKey, t } from '../lib/i18n';

export interface Step {
  key: string;
  label: string;
  /** A few words below: "11 van 11", a date. */
  detail?: string;
  state: 'done' | 'now' | 'todo';
}

/** How far the whole cycle is for one student. */
export function Steps({ steps }: { steps: readonly Step[] }) {
  return (
    <ol class="steps">
      {steps.map((step) => (
        <li key={step.key} class={`step-${step.state}`} aria-current={step.state === 'now' ? 'step' : undefined}>
          <span class="step-label">{step.label}</span>
          {step.detail && <span class="step-detail numeric">{step.detail}</span>}
          <span class="visually-hidden">{t(`steps.${step.state}` satisfies MessageKey)}</span>
        </li>
      ))}
    </ol>
  );
}
