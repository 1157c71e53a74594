import { effect } from '@preact/signals';
import { ApiProblem, api } from './api';
import type { Answer, Attempt, Current, Place } from './conflict';
import { deviceStore } from './local';
import { Outbox } from './outbox';
import { me, signedOut } from './session';

/** What an answer of the server means for a waiting text. */
export function answerTo(error: unknown): Answer {
  if (!(error instanceof ApiProblem)) return { kind: 'lost' };
  const { status, type, members } = error;
  if (status === 401) return { kind: 'signed-out' };
  // Too early, too many, not well: the same text may pass later.
  if (status >= 500 || status === 408 || status === 425 || status === 429) return { kind: 'lost' };
  if (type.endsWith('/stale') && members.current) return { kind: 'stale', current: members.current as Current };
  if (/\/round-(not-open|archived)$/.test(type)) return { kind: 'closed', kept: members.kept === true };
  if (status === 404 || status === 403) return { kind: 'gone' };
  return { kind: 'refused', title: error.title, detail: error.at('/remark') ?? error.at('/action') ?? error.detail };
}

async function send({ round, group, student }: Place, { key, content, base }: Attempt): Promise<Answer> {
  try {
    const path = `/rounds/${round}/groups/${group}/students/${student}/feedback`;
    const saved = await api.put<{ version: number; complete: boolean }>(path, content, { ifMatch: base, key });
    return { kind: 'saved', version: saved.version, complete: saved.complete };
  } catch (error) {
    return answerTo(error);
  }
}

let mine: Outbox | undefined;
let listening = false;

/** The outbox of the person who is signed in. Another person gets another one and never meets the first one's texts. */
export function outboxOf(person: string): Outbox {
  if (mine?.person === person) return mine;
  mine?.close();
  mine = new Outbox({ person, store: deviceStore, send });
  const opened = mine;
  void opened.open().then(() => opened.drain());
  return opened;
}

/** Sends what an earlier visit left, and goes on whenever there is a chance: at the start, online, visible, signed in. */
export function startOutbox(): void {
  if (listening) return;
  listening = true;
  const go = () => {
    if (document.visibilityState === 'visible') void mine?.resume();
  };
  addEventListener('online', go);
  document.addEventListener('visibilitychange', go);
  effect(() => {
    const person = me.value?.id;
    const over = signedOut.value;
    if (!person || over) return;
    const box = outboxOf(person);
    if (box.signedOut.peek()) void box.resume();
  });
}
