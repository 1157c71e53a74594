import { exchange, type Method, type Transport } from './exchange';
import { me, online, otherPerson, signedOut } from './session';

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

let transport: Transport = (request) => fetch(request);

/** What stands for the network; tests put a fake server there. */
export function setTransport(next: Transport): void {
  transport = next;
}

/**
 * One request, and what its answer says about the line and the session.
 *
 * @throws Whatever kept an answer from coming; the `online` signal is false then.
 */
export async function door(method: Method, path: string, body: unknown, headers: Headers, signal?: AbortSignal) {
  try {
    const reply = await exchange(transport, method, path, body, headers, signal);
    // A proxy that stands in for a server that is away answers without problem details.
    if (reply.status >= 502 && reply.body === undefined) throw new Error(`HTTP ${reply.status}`);
    online.value = true;
    if (reply.status === 401) {
      const other = (reply.body as { type?: string } | undefined)?.type?.endsWith('/other-person');
      (other ? otherPerson : signedOut).value = true;
    } else if (reply.ok) {
      // Whoever signed in in another tab is signed in here.
      signedOut.value = otherPerson.value = false;
    }
    return reply;
  } catch (error) {
    if (!signal?.aborted) online.value = false;
    throw error;
  }
}

async function call<T>(method: Method, path: string, body: unknown, options: RequestOptions): Promise<T> {
  const headers = new Headers();
  if (method !== 'GET') headers.set('Idempotency-Key', options.key ?? crypto.randomUUID());
  if (options.ifMatch !== undefined) headers.set('If-Match', `"${options.ifMatch}"`);
  // A page of one person does nothing in the session of another, who signed in on this device meanwhile.
  const person = me.peek()?.id;
  if (person) headers.set('X-Driehoek-Person', person);
  const reply = await door(method, path, body, headers, options.signal).catch((error: unknown) => {
    if (options.signal?.aborted) throw options.signal.reason;
    throw new ConnectionLost(undefined, { cause: error });
  });
  if (reply.ok) return reply.body as T;
  throw new ApiProblem(reply.status, (reply.body ?? {}) as Record<string, unknown>);
}

/**
 * Calls to `/api/v1`: give the path behind it (`/me`). Each answers with the parsed body (undefined at 204).
 *
 * @throws ApiProblem when the server refuses; a 401 also raises the `signedOut` or the `otherPerson` signal.
 * @throws ConnectionLost when no answer came; the `online` signal is false then.
 */
export const api = {
  get: <T>(path: string, options: RequestOptions = {}) => call<T>('GET', path, undefined, options),
  put: <T>(path: string, body?: unknown, options: RequestOptions = {}) => call<T>('PUT', path, body, options),
  post: <T>(path: string, body?: unknown, options: RequestOptions = {}) => call<T>('POST', path, body, options),
  patch: <T>(path: string, body?: unknown, options: RequestOptions = {}) => call<T>('PATCH', path, body, options),
  del: <T>(path: string, body?: unknown, options: RequestOptions = {}) => call<T>('DELETE', path, body, options),
};
