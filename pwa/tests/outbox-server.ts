import type { Reply } from '../src/lib/answers';
import { type Content, contentOf, EMPTY, nameOf, type Place, same } from '../src/lib/conflict';

export const HEADER = 'X-Driehoek-Person';

export interface Row {
  content: Content;
  version: number;
  author: string;
}

interface Item extends Content {
  student: string;
  key: string;
  version: number;
}

type Said = { saved: Record<string, unknown>; problem: null } | { saved: null; problem: Record<string, unknown> };

/**
 * The server's rules for feedback as server/feedback/service.py has them, as far as the outbox can see them: the same
 * order of questions, the same answers.
 */
export class Server {
  open = true;
  /** Whose sessions live. */
  sessions = new Set(['ana', 'bo']);
  /** Places that nobody may know. */
  readonly hidden = new Set<string>();
  /** Every text that ever stood at a place, in order, with who wrote it, over which version and under which key. */
  readonly log: { place: string; content: Content; author: string; over: number; key: string }[] = [];
  /** Every text that was kept aside because it came after closing. */
  readonly late: { place: string; content: Content; author: string }[] = [];
  readonly requests: { path: string; body: unknown; headers: Record<string, string> }[] = [];
  private readonly rows = new Map<string, Row>();
  private readonly keys = new Map<string, { digest: string; version: number }>();

  row(place: Place): Row {
    return this.rows.get(nameOf(place)) ?? { content: EMPTY, version: 0, author: '' };
  }

  /** One PUT in the session of this person (null: nobody's). */
  put(session: string | null, path: string, body: unknown, headers: Record<string, string>): Reply {
    this.requests.push({ path, body, headers });
    if (!session || !this.sessions.has(session)) return problem(401, 'signed-out');
    const asked = headers[HEADER];
    if (asked !== undefined && asked !== session) return problem(401, 'other-person');
    const [, , round = '', , group = '', , student] = path.split('/');
    if (student) {
      const key = headers['Idempotency-Key'] ?? '';
      const version = Number(headers['If-Match']?.replaceAll('"', ''));
      const { saved, problem: refusal } = this.one(
        session,
        { round, group, student },
        { ...(body as Content), student, key, version },
      );
      return saved ? reply(200, saved) : reply(refusal.status as number, refusal);
    }
    const { items } = body as { items: Item[] };
    if (items.length < 1 || items.length > 50 || new Set(items.map((item) => item.student)).size < items.length) {
      return problem(422, 'invalid');
    }
    return reply(200, {
      items: items.map((item) => ({
        student: item.student,
        key: item.key,
        ...this.one(session, { round, group, student: item.student }, item),
      })),
    });
  }

  private one(person: string, place: Place, item: Item): Said {
    const name = nameOf(place);
    const content = contentOf(item);
    const refuse = (status: number, type: string, more = {}): Said => ({
      saved: null,
      problem: { type: `/problems/${type}`, status, title: type, detail: `${type}.`, ...more },
    });
    if (content.remark.length > 2000) {
      return refuse(422, 'invalid', { errors: [{ pointer: '/remark', code: 'too_long', detail: 'te lang' }] });
    }
    if (this.hidden.has(name)) return refuse(404, 'not-found');
    const digest = JSON.stringify([name, content, item.version]);
    const remember = (version: number): Said => {
      this.keys.set(`${person} ${item.key}`, { digest, version });
      return { saved: { version, complete: true }, problem: null };
    };
    const before = this.keys.get(`${person} ${item.key}`);
    if (before) {
      return before.digest === digest
        ? { saved: { version: before.version, complete: true }, problem: null }
        : refuse(422, 'key-reused');
    }
    const row = this.row(place);
    if (row.version > 0 && same(row.content, content)) return remember(row.version);
    if (!this.open) {
      this.late.push({ place: name, content, author: person });
      return refuse(409, 'round-not-open', { kept: true });
    }
    if (row.version !== item.version) {
      const author = { id: row.author, name: row.author };
      return refuse(409, 'stale', { current: { ...row.content, version: row.version, author } });
    }
    this.rows.set(name, { content, version: row.version + 1, author: person });
    this.log.push({ place: name, content, author: person, over: item.version, key: item.key });
    return remember(row.version + 1);
  }
}

export function reply(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return { status, body, headers: new Headers(headers) };
}

export function problem(status: number, type: string, headers: Record<string, string> = {}): Reply {
  return reply(status, { type: `/problems/${type}`, status, title: type, detail: `${type}.` }, headers);
}
