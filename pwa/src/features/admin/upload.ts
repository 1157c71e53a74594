import { ApiProblem, ConnectionLost } from '../../lib/api';
import { me, online } from '../../lib/session';

/**
 * Sends a file as it is to `/api/v1` + path. Unlike other requests it may take as long as the line needs.
 *
 * @throws ApiProblem when the server refuses.
 * @throws ConnectionLost when no answer came.
 */
export async function upload<T>(method: 'PUT' | 'POST', path: string, file: Blob, type = file.type): Promise<T> {
  const headers = new Headers({
    Accept: 'application/json, application/problem+json',
    'Content-Type': type || 'application/octet-stream',
    'Idempotency-Key': crypto.randomUUID(),
  });
  const person = me.peek()?.id;
  if (person) headers.set('X-Driehoek-Person', person);
  const response = await fetch(`/api/v1${path}`, { method, headers, body: file, credentials: 'same-origin' }).catch(
    (error: unknown) => {
      online.value = false;
      throw new ConnectionLost('The server could not be reached', { cause: error });
    },
  );
  const body = response.headers.get('Content-Type')?.includes('json') ? await response.json() : {};
  if (response.ok) return body as T;
  throw new ApiProblem(response.status, body as Record<string, unknown>);
}
