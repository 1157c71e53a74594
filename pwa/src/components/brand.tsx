/** Three people at one table: student, parent, mentor. */
export function Mark({ size = 28 }: { size?: number }) {
  const side = `${size / 17}rem`;
  return (
    <svg class="mark" viewBox="0 0 32 32" style={{ width: side, height: side }} aria-hidden="true" focusable="false">
      <path d="M16 7.5 26 24.5H6z" />
      <circle cx="16" cy="7.5" r="4" />
      <circle cx="26" cy="24.5" r="4" />
      <circle cx="6" cy="24.5" r="4" />
    </svg>
  );
}

export function Brand() {
  return (
    <span class="brand">
      <Mark />
      Driehoek
    </span>
  );
}
