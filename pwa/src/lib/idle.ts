/** Runs `job` when the page has a moment, and at the latest after a second; where a browser does not tell, a little later. */
export function whenIdle(job: () => void): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(job, { timeout: 1000 });
  else setTimeout(job, 99);
}
