export interface ProgressProps {
  value: number;
  max: number;
  /** Read out. */
  label: string;
  /** Shown beside the bar. */
  text?: string;
}

export function Progress({ value, max, label, text }: ProgressProps) {
  const part = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0;
  return (
    <div class="progress">
      <div
        class="progress-bar"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuenow={value}
        aria-valuetext={text}
      >
        <span style={{ transform: `scaleX(${part})` }} />
      </div>
      {text && <span class="small soft numeric">{text}</span>}
    </div>
  );
}
