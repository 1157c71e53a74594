/** One request to the server and its answer; used by the page and by the service worker. */

export type Method = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
export type Transport = (request: Request) => Promise<Response>;

const BASE = '/api/v1';
const PATIENCE_MS = 20_000;

/**
 * Sends `body` (as JSON, unless it is undefined) to `/api/v1` + path, or to a whole path of the server.
 *
 * @returns The parsed answer; `body` is undefined at 204, and where a refusal is no JSON.
 * @throws Whatever keeps an answer from coming: no network, no answer within 20 s, or a good one that is no JSON.
 */
export async function exchange(
  transport: Transport,
  method: Method,
  path: string,
  body: unknown,
  headers: Headers,
  signal?: AbortSignal,
): Promise<{ ok: boolean; status: number; body: unknown; headers: Headers }> {
  headers.set('Accept', 'application/json, application/problem+json');
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  const patience = new AbortController();
  const stop = () => patience.abort();
  const timer = setTimeout(stop, PATIENCE_MS);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const response = await transport(
      new Request(new URL(/^\/(api|auth)\//.test(path) ? path : BASE + path, location.origin), {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        credentials: 'same-origin',
        signal: patience.signal,
      }),
    );
    const { ok, status } = response;
    const parses = status !== 204 && (ok || response.headers.get('Content-Type')?.includes('json'));
    return { ok, status, body: parses ? await response.json() : undefined, headers: response.headers };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}
