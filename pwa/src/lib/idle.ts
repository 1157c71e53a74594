/** Runs `job` when the page has a moment, soon in any case; Safari does not tell, there it is a little later. */
export function whenIdle(job: () => void): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(job, { timeout: 2000 });
  else setTimeout(job, 300);
}
