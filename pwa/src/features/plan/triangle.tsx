/** Student, parent and mentor find each other: three dots and the lines between them. Only to look at. */
export function Triangle() {
  return (
    <svg class="triangle" viewBox="0 0 120 108" aria-hidden="true" focusable="false">
      <g class="triangle-lines">
        <path d="M60 16 104 92" />
        <path d="M104 92H16" />
        <path d="M16 92 60 16" />
      </g>
      <g class="triangle-dots">
        <circle cx="60" cy="16" r="11" />
        <circle cx="104" cy="92" r="11" />
        <circle cx="16" cy="92" r="11" />
      </g>
    </svg>
  );
}
