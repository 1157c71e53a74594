import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiProblem, ConnectionLost } from '../src/lib/api';
import { Autosave } from '../src/lib/autosave';
import type { Draft, DraftStore } from '../src/lib/drafts';
import { online } from '../src/lib/session';

/** A device with one drawer. */
function device(full = false) {
  const drawer: { draft: Draft<string> | undefined } = { draft: undefined };
  const store: DraftStore<string> = {
    read: async () => drawer.draft,
    write: async (draft) => {
      if (full) throw new DOMException('full', 'QuotaExceededError');
      drawer.draft = draft;
    },
    remove: async () => {
      drawer.draft = undefined;
    },
  };
  return { drawer, store };
}

/** A server with one text, that keeps the rules of `If-Match` and idempotency keys; `line` decides about each request. */
function server(text = '', version = 0) {
  const state = { text, version, line: 'up' as 'up' | 'down' | 'answer lost' | 'signed out' | 'too long' };
  const done = new Map<string, number>();
  const asked: string[] = [];
  const send = async (value: string, ifMatch: number, key: string) => {
    asked.push(value);
    if (state.line === 'down') throw new ConnectionLost('no network');
    if (state.line === 'signed out') throw new ApiProblem(401, { type: '/problems/signed-out' });
    if (state.line === 'too long')
      throw new ApiProblem(422, { type: '/problems/invalid', title: 'Dit klopt nog niet' });
    const before = done.get(key);
    if (before === undefined) {
      if (ifMatch !== state.version)
        throw new ApiProblem(409, {
          type: '/problems/stale',
          current: { text: state.text },
          version: state.version,
        });
      state.text = value;
      state.version += 1;
      done.set(key, state.version);
    }
    if (state.line === 'answer lost') throw new ConnectionLost('the answer did not come');
    return { version: before ?? state.version };
  };
  return { state, send, asked };
}

function autosave(at: ReturnType<typeof server>, on: ReturnType<typeof device>, keepCopy = false) {
  return new Autosave<string>('', {
    store: on.store,
    send: at.send,
    same: (a, b) => a === b,
    current: (problem) => ({
      theirs: (problem.members.current as { text: string }).text,
      version: Number(problem.members.version),
    }),
    keepCopy,
  });
}

/** Time to rest after typing, and for everything that waits on it. */
const rest = () => vi.advanceTimersByTimeAsync(1_000);

beforeEach(() => {
  vi.useFakeTimers();
  online.value = true;
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a text that saves itself', () => {
  it('is on the device at the first keystroke, and says Bewaard only when the server has it', async () => {
    const [at, on] = [server(), device()];
    const text = autosave(at, on);
    await text.start({ value: '', version: 0 });
    expect(text.state.value).toBe('untouched');

    text.change('Hoi');
    await vi.advanceTimersByTimeAsync(1);
    expect(text.state.value).toBe('phone');
    expect(on.drawer.draft).toEqual({ value: 'Hoi', base: 0, sent: false });
    expect(at.state.text).toBe('');

    await rest();
    expect(text.state.value).toBe('saved');
    expect(at.state.text).toBe('Hoi');
    expect(on.drawer.draft).toBeUndefined();
  });

  it('waits for a pause and sends the last words once', async () => {
    const [at, on] = [server(), device()];
    const text = autosave(at, on);
    await text.start({ value: '', version: 0 });
    for (const typed of ['H', 'Ho', 'Hoi']) text.change(typed);
    await rest();
    expect(at.asked).toEqual(['Hoi']);
  });

  it('keeps the text on the device without a network, and sends it when the line is back', async () => {
    const [at, on] = [server(), device()];
    const text = autosave(at, on);
    await text.start({ value: '', version: 0 });
    at.state.line = 'down';
    online.value = false;
    text.change('In de kelder');
    await rest();
    expect(text.state.value).toBe('phone');
    expect(on.drawer.draft?.value).toBe('In de kelder');

    at.state.line = 'up';
    online.value = true;
    await vi.advanceTimersByTimeAsync(1);
    expect(text.state.value).toBe('saved');
    expect(at.state.text).toBe('In de kelder');
  });

  it('survives a closed page: the next visit starts with what was typed', async () => {
    const [at, on] = [server('oud', 3), device()];
    on.drawer.draft = { value: 'nieuw', base: 3, sent: false };
    const text = autosave(at, on);
    await text.start({ value: 'oud', version: 3 });
    expect(text.value.value).toBe('nieuw');
    await rest();
    expect(at.state.text).toBe('nieuw');
  });

  it('writes on without any server when the device has a copy, and says no when it has none', async () => {
    const [at, on] = [server(), device()];
    expect(await autosave(at, on).start(null)).toBe(false);

    on.drawer.draft = { value: 'mijn plan', base: 2, sent: true };
    const text = autosave(at, on, true);
    expect(await text.start(null)).toBe(true);
    expect(text.value.value).toBe('mijn plan');
    expect(text.state.value).toBe('saved');
  });

  it('prefers the server over a copy that was sent', async () => {
    const [at, on] = [server('van mijn laptop', 5), device()];
    on.drawer.draft = { value: 'van mijn telefoon', base: 4, sent: true };
    const text = autosave(at, on, true);
    await text.start({ value: 'van mijn laptop', version: 5 });
    expect(text.value.value).toBe('van mijn laptop');
    expect(on.drawer.draft).toEqual({ value: 'van mijn laptop', base: 5, sent: true });
  });

  it('does a write once when only the answer was lost', async () => {
    const [at, on] = [server(), device()];
    const text = autosave(at, on);
    await text.start({ value: '', version: 0 });
    at.state.line = 'answer lost';
    text.change('Eén keer');
    await rest();
    expect(text.state.value).toBe('phone');
    at.state.line = 'up';
    await vi.advanceTimersByTimeAsync(4_000);
    expect(text.state.value).toBe('saved');
    expect(at.state.version).toBe(1);
  });

  it('knows its own earlier text again, and asks nothing', async () => {
    const [at, on] = [server(), device()];
    const text = autosave(at, on);
    await text.start({ value: '', version: 0 });
    at.state.line = 'answer lost';
    text.change('Eerst');
    await rest();
    at.state.line = 'down';
    text.change('Eerst dit');
    await rest();
    at.state.line = 'up';
    text.change('Eerst dit, dan dat');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(text.conflict.value).toBeNull();
    expect(text.state.value).toBe('saved');
    expect(at.state.text).toBe('Eerst dit, dan dat');
  });

  it('keeps both texts when somebody else wrote, and overwrites nothing before the choice', async () => {
    const [at, on] = [server('van de andere mentor', 7), device()];
    const text = autosave(at, on);
    await text.start({ value: '', version: 6 });
    text.change('van mij');
    await rest();
    expect(text.state.value).toBe('conflict');
    expect(text.conflict.value).toEqual({ theirs: 'van de andere mentor', version: 7 });
    expect(at.state.text).toBe('van de andere mentor');
    expect(on.drawer.draft?.value).toBe('van mij');

    text.change('van mij, verder getypt');
    await rest();
    expect(text.state.value).toBe('conflict');

    text.resolve('van ons allebei');
    await rest();
    expect(text.state.value).toBe('saved');
    expect(at.state.text).toBe('van ons allebei');
  });

  it('takes over the other text without writing it again', async () => {
    const [at, on] = [server('hun tekst', 7), device()];
    const text = autosave(at, on);
    await text.start({ value: '', version: 6 });
    text.change('mijn tekst');
    await rest();
    const before = at.asked.length;
    text.resolve('hun tekst');
    await rest();
    expect(text.value.value).toBe('hun tekst');
    expect(text.state.value).toBe('saved');
    expect(at.asked.length).toBe(before);
  });

  it('shows a conflict at the start when the draft on the device is older than the server', async () => {
    const [at, on] = [server('nieuwer', 4), device()];
    on.drawer.draft = { value: 'mijn oude concept', base: 2, sent: false };
    const text = autosave(at, on);
    await text.start({ value: 'nieuwer', version: 4 });
    expect(text.state.value).toBe('conflict');
    expect(text.value.value).toBe('mijn oude concept');
  });

  it('keeps the text and says why when the server refuses it, and tries again after a change', async () => {
    const [at, on] = [server(), device()];
    const text = autosave(at, on);
    await text.start({ value: '', version: 0 });
    at.state.line = 'too long';
    text.change('veel te lang');
    await rest();
    expect(text.state.value).toBe('refused');
    expect(text.problem.value?.title).toBe('Dit klopt nog niet');
    expect(on.drawer.draft?.value).toBe('veel te lang');
    at.state.line = 'up';
    text.change('kort');
    await rest();
    expect(text.state.value).toBe('saved');
  });

  it('waits quietly on the device while the session is over', async () => {
    const [at, on] = [server(), device()];
    const text = autosave(at, on);
    await text.start({ value: '', version: 0 });
    at.state.line = 'signed out';
    text.change('Blijft staan');
    expect(await text.flush()).not.toBe('saved');
    await rest();
    expect(text.state.value).toBe('phone');
    expect(on.drawer.draft?.value).toBe('Blijft staan');
  });

  it('never claims the device has what the device refused', async () => {
    const [at, on] = [server(), device(true)];
    const text = autosave(at, on);
    await text.start({ value: '', version: 0 });
    at.state.line = 'down';
    text.change('Privévenster');
    await rest();
    expect(text.state.value).toBe('memory');
  });

  it('sends everything at once when it must be there now', async () => {
    const [at, on] = [server(), device()];
    const text = autosave(at, on);
    await text.start({ value: '', version: 0 });
    text.change('Net op tijd');
    expect(await text.flush()).toBe('saved');
    expect(at.state.text).toBe('Net op tijd');
    expect(text.savedVersion).toBe(1);
  });
});
