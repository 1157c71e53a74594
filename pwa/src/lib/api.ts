import { online, signedOut } from './session';

/** One complaint about one field; `pointer` is a JSON pointer into the body, such as `/remark`. */
export interface FieldError {
  pointer: string;
  detail: string;
}

/** The server refused, in words meant for the reader (RFC 9457 problem details). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  /** Stable name of the kind of problem; compare with this, never with the title. */
  readonly type: string;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly FieldError[];
  /** Everything else in the answer, for instance `current` (the stored text) beside a 409. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Record<string, unknown>) {
    const { type, title, detail, errors, status: _status, ...members } = body;
    const heading = typeof title === 'string' ? title : `HTTP ${status}`;
    super(heading);
    this.status = status;
    this.type = typeof type === 'string' ? type : 'about:blank';
    this.title = heading;
    this.detail = typeof detail === 'string' ? detail : '';
    this.errors = Array.isArray(errors) ? (errors as FieldError[]) : [];
    this.members = members;
  }

  /** The complaint about one field, by its JSON pointer; undefined when there is none. */
  at(pointer: string): string | undefined {
    return this.errors.find((error) => error.pointer === pointer)?.detail;
  }
}

/** The server could not be reached: no network, a timeout, or a sleeping server. Nothing is known about the write. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

export interface RequestOptions {
  /** Version of the thing that is changed; sent as `If-Match: "<version>"`. */
  ifMatch?: number | string;
  /** Idempotency key; give the same one again when you repeat a write. A new one by default. */
  key?: string;
  /** Stops the request, for instance when the screen is left. */
  signal?: AbortSignal;
}

type Method = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
export type Transport = (request: Request) => Promise<Response>;

const BASE = '/api/v1';
const PATIENCE_MS = 20_000;

let transport: Transport = (request) => fetch(request);

/** The one door to the network. The offline layer puts itself in front of it; tests put a fake server there. */
export function setTransport(next: Transport): void {
  transport = next;
}

async function call<T>(method: Method, path: string, body: unknown, options: RequestOptions): Promise<T> {
  const headers = new Headers({ Accept: 'application/json, application/problem+json' });
  if (method !== 'GET') headers.set('Idempotency-Key', options.key ?? crypto.randomUUID());
  if (options.ifMatch !== undefined) headers.set('If-Match', `"${options.ifMatch}"`);
  if (body !== undefined) headers.set('Content-Type', 'application/json');

  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  const stop = () => patience.abort();
  if (options.signal?.aborted) stop();
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    const request = new Request(new URL(path.startsWith('/api/') ? path : BASE + path, location.origin), {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      credentials: 'same-origin',
      signal: patience.signal,
    });
    const response = await transport(request);
    online.value = true;
    return await read<T>(response);
  } catch (error) {
    if (error instanceof ApiProblem) throw error;
    if (options.signal?.aborted) throw options.signal.reason;
    online.value = false;
    throw new ConnectionLost('The server could not be reached', { cause: error });
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', stop);
  }
}

async function read<T>(response: Response): Promise<T> {
  const type = response.headers.get('Content-Type') ?? '';
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  // A proxy that stands in for a server that is away answers without problem details.
  if (!type.includes('json') && response.status >= 502) throw new Error(`HTTP ${response.status}`);
  const body = type.includes('json') ? ((await response.json()) as Record<string, unknown>) : {};
  if (response.status === 401) signedOut.value = true;
  throw new ApiProblem(response.status, body);
}

/**
 * Calls to `/api/v1`: give the path behind it (`/me`). Each answers with the parsed body (undefined at 204).
 *
 * @throws ApiProblem when the server refuses; a 401 also raises the `signedOut` signal.
 * @throws ConnectionLost when no answer came; the `online` signal is false then.
 */
export const api = {
  get: <T>(path: string, options: RequestOptions = {}) => call<T>('GET', path, undefined, options),
  put: <T>(path: string, body?: unknown, options: RequestOptions = {}) => call<T>('PUT', path, body, options),
  post: <T>(path: string, body?: unknown, options: RequestOptions = {}) => call<T>('POST', path, body, options),
  patch: <T>(path: string, body?: unknown, options: RequestOptions = {}) => call<T>('PATCH', path, body, options),
  del: <T>(path: string, body?: unknown, options: RequestOptions = {}) => call<T>('DELETE', path, body, options),
};
