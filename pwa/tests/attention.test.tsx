import { cleanup, render, screen, waitFor } from '@testing-library/preact';
import { afterEach, describe, expect, it, vi } from 'vitest';
import Attention from '../src/features/rounds/attention';
import { setTransport } from '../src/lib/api';
import { EMPTY, type Known, type Place, refreshed, type Waiting } from '../src/lib/conflict';
import type { Outbox } from '../src/lib/outbox';
import { me } from '../src/lib/session';
import { signal } from '../src/lib/signals';
import { person } from './own-phone';
import { waitingText } from './waiting-text';

afterEach(cleanup);

const waiting = (more: Partial<Waiting>) =>
  waitingText({
    person: 'bo',
    label: { student: 'Ana Ali', group: 'h4a.wi', round: 'Herfst' },
    content: { stoplight: 'on_track', remark: 'Je werkt door.', action: '' },
    base: 1,
    ...more,
  });

/** An outbox with one text over which something else was written meanwhile. */
function outboxWith(author: { id: string; name: string }): Outbox {
  const item = waiting({ trouble: { kind: 'stale', current: { ...EMPTY, version: 2, author } } });
  return { items: signal(new Map([['r g s', item]])), memoryOnly: signal(false) } as unknown as Outbox;
}

describe('a text over which something else was written', () => {
  it('names the colleague who wrote', () => {
    me.value = person('bo');
    render(<Attention outbox={outboxWith({ id: 'kim', name: 'Kim Kat' })} />);
    expect(screen.getByText(/Kim Kat schreef ook iets/)).toBeTruthy();
  });

  it('does not call oneself on another device somebody else', () => {
    me.value = person('bo');
    render(<Attention outbox={outboxWith({ id: 'bo', name: 'Bo Berg' })} />);
    expect(screen.getByText(/Er staat intussen een andere tekst/)).toBeTruthy();
    expect(screen.queryByText(/Bo Berg schreef/)).toBeNull();
  });
});

describe('a text that came after closing', () => {
  /** An outbox with the late texts of three students, of which each group's page is asked. */
  function late(feedback: (student: string) => unknown) {
    const items = signal(
      new Map(
        ['s', 't', 'u'].map((student) => [
          student,
          waiting({
            student,
            label: { student, group: 'h4a.wi', round: 'Herfst' },
            trouble: { kind: 'closed', kept: true },
          }),
        ]),
      ),
    );
    const refresh = async ({ student }: Place, server: Known) => {
      const { item } = refreshed(items.peek().get(student) ?? null, null, server);
      const next = new Map(items.peek());
      if (!item) next.delete(student);
      items.value = next;
    };
    const asked = vi.fn();
    setTransport(async (request) => {
      asked(new URL(request.url).pathname);
      const pairs = ['s', 't', 'u'].map((student) => ({ student: { id: student }, feedback: feedback(student) }));
      return new Response(JSON.stringify({ round: { id: 'r' }, group: { id: 'g' }, pairs }), {
        headers: { 'Content-Type': 'application/json' },
      });
    });
    return { outbox: { items, memoryOnly: signal(false), refresh } as unknown as Outbox, asked };
  }

  it('goes from here once it was accepted, without its group being opened', async () => {
    me.value = person('bo');
    const mine = { stoplight: 'on_track', remark: 'Je werkt door.', action: '', version: 2 };
    const { outbox, asked } = late((student) => ({ s: mine, t: { ...mine, remark: 'Iets anders.' } })[student] ?? null);
    render(<Attention outbox={outbox} />);
    await waitFor(() => expect(screen.queryByText('s')).toBeNull());
    expect(screen.getByText('t')).toBeTruthy();
    expect(screen.getByText('u')).toBeTruthy();
    expect(asked.mock.calls).toEqual([['/api/v1/rounds/r/groups/g']]);
  });

  it('stays while nobody can be asked', async () => {
    me.value = person('bo');
    const { outbox } = late(() => null);
    const lost = vi.fn();
    setTransport(async () => {
      lost();
      throw new TypeError('no network');
    });
    render(<Attention outbox={outbox} />);
    await waitFor(() => expect(lost).toHaveBeenCalled());
    expect(screen.getByText('s')).toBeTruthy();
  });
});
