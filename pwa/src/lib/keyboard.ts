/** Keeps what stands at the bottom above the keyboard of phones that do not shrink the page for it. */
export function watchKeyboard(): void {
  const seen = globalThis.visualViewport;
  if (!seen) return;
  const measure = () => {
    const hidden = Math.max(0, innerHeight - seen.height - seen.offsetTop);
    // Zooming in hides a part as well; only without zoom it is the keyboard.
    document.documentElement.style.setProperty('--keyboard', `${seen.scale > 1.01 ? 0 : Math.round(hidden)}px`);
  };
  seen.addEventListener('resize', measure);
  seen.addEventListener('scroll', measure);
  measure();
}
