/** Keeps what stands at the bottom above the keyboard of phones that do not shrink the page for it. */
export function watchKeyboard(): void {
  const seen = globalThis.visualViewport;
  if (!seen) return;
  let room = 0;
  const measure = () => {
    const hidden = Math.max(0, innerHeight - seen.height - seen.offsetTop);
    // Zooming in hides a part as well; only without zoom it is the keyboard.
    const needed = seen.scale > 1.01 ? 0 : Math.round(hidden);
    // Everything on the page is styled anew by this.
    if (needed !== room) document.documentElement.style.setProperty('--keyboard', `${needed}px`);
    room = needed;
  };
  seen.addEventListener('resize', measure);
  seen.addEventListener('scroll', measure);
  measure();
}
