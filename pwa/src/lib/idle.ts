/** Runs `job` when the page has a moment, and at the latest after `ms`; Safari does not tell, there it is a little later. */
export function whenIdle(job: () => void, ms: number): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(job, { timeout: ms });
  else setTimeout(job, 400);
}
