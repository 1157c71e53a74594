import { ApiProblem, ConnectionLost } from '../../lib/api';
import { me, signedOut } from '../../lib/session';

function nameIn(header: string | null): string {
  return /filename="([^"]+)"/.exec(header ?? '')?.[1] ?? 'driehoek';
}

/**
 * Fetches a file from `/api/v1` + path and hands it to the browser. By hand rather than by a link: a refusal is told in the
 * page instead of being saved as a file, and it is fetched for the person of this page alone.
 *
 * @throws ApiProblem when the server refuses, ConnectionLost when no answer came.
 */
export async function download(path: string): Promise<void> {
  const person = me.peek()?.id;
  const headers = { Accept: '*/*', ...(person ? { 'X-Driehoek-Person': person } : {}) };
  let response: Response;
  let file: Blob;
  try {
    response = await fetch(`/api/v1${path}`, { headers, credentials: 'same-origin' });
    file = await response.blob();
  } catch (error) {
    throw new ConnectionLost('The server could not be reached', { cause: error });
  }
  if (!response.ok) {
    if (response.status === 401) signedOut.value = true;
    throw new ApiProblem(response.status, JSON.parse((await file.text()) || '{}') as Record<string, unknown>);
  }
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = nameIn(response.headers.get('Content-Disposition'));
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has taken it over by the next turn.
  setTimeout(() => URL.revokeObjectURL(address));
}
