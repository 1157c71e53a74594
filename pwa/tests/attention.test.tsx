import { cleanup, render, screen } from '@testing-library/preact';
import { afterEach, describe, expect, it } from 'vitest';
import Attention from '../src/features/rounds/attention';
import { EMPTY, type Waiting } from '../src/lib/conflict';
import type { Outbox } from '../src/lib/outbox';
import { me } from '../src/lib/session';
import { signal } from '../src/lib/signals';
import { person } from './own-phone';

afterEach(cleanup);

/** An outbox with one text over which something else was written meanwhile. */
function outboxWith(author: { id: string; name: string }): Outbox {
  const item: Waiting = {
    round: 'r',
    group: 'g',
    student: 's',
    person: 'bo',
    label: { student: 'Ana Ali', group: 'h4a.wi', round: 'Herfst' },
    content: { stoplight: 'on_track', remark: 'Je werkt door.', action: '' },
    key: 'k',
    base: 1,
    seen: EMPTY,
    edited_at: 0,
    attempt: null,
    trouble: { kind: 'stale', current: { ...EMPTY, version: 2, author } },
    was_complete: false,
    complete: true,
  };
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
