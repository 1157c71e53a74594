import { act, cleanup, render } from '@testing-library/preact';
import { useState } from 'preact/hooks';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { atOnce } from '../src/lib/at-once';
import { computed, effect, type Signal, signal, useSignal } from '../src/lib/signals';

afterEach(cleanup);

describe('computed values', () => {
  test('are made when read, and again only after a change of what they read', () => {
    const a = signal(1);
    const b = signal(10);
    const make = vi.fn(() => (a.value > 1 ? a.value + b.value : a.value));
    const sum = computed(make);
    expect(make).not.toHaveBeenCalled();
    expect([sum.value, sum.value, sum.peek()]).toEqual([1, 1, 1]);
    b.value = 20;
    expect(sum.value).toBe(1);
    expect(make).toHaveBeenCalledTimes(1);
    a.value = 2;
    expect(sum.value).toBe(22);
    b.value = 30;
    expect(sum.value).toBe(32);
    expect(make).toHaveBeenCalledTimes(3);
  });
});

describe('effects', () => {
  test('follow what they read, see only what belongs together, and stop', () => {
    const n = signal(1);
    const double = computed(() => n.value * 2);
    const seen: string[] = [];
    const stop = effect(() => {
      seen.push(`${n.value}/${double.value}`);
    });
    n.value = 2;
    n.value = 2;
    n.value = 3;
    stop();
    n.value = 4;
    expect(seen).toEqual(['1/2', '2/4', '3/6']);
  });

  test('do not follow what they only peek at', () => {
    const [read, peeked] = [signal(0), signal(0)];
    const act = vi.fn(() => {
      peeked.peek();
      return void read.value;
    });
    effect(act);
    peeked.value = 1;
    expect(act).toHaveBeenCalledTimes(1);
    read.value = 1;
    expect(act).toHaveBeenCalledTimes(2);
  });

  test('may set what other effects follow, and stop one another', () => {
    const [a, b] = [signal(0), signal(0)];
    const seen: number[] = [];
    effect(() => {
      b.value = a.value * 10;
      if (a.value === 2) stop();
    });
    const stop = effect(() => {
      seen.push(b.value);
    });
    a.value = 1;
    a.value = 2;
    a.value = 3;
    expect(seen).toEqual([0, 10]);
  });

  test('go on after one that failed', () => {
    const n = signal(0);
    const seen: number[] = [];
    effect(() => {
      if (n.value === 1) throw new Error('broken');
    });
    expect(() => {
      n.value = 1;
    }).toThrow('broken');
    effect(() => {
      seen.push(n.value);
    });
    n.value = 2;
    expect(seen).toEqual([1, 2]);
  });
});

describe('components', () => {
  test('render again when what they read last has changed, and only then', () => {
    const which = signal<'a' | 'b'>('a');
    const [a, b] = [signal('A'), signal('B')];
    const renders = vi.fn();
    const Quiet = vi.fn(() => null);
    function Reads() {
      renders();
      return <p>{which.value === 'a' ? a.value : b.value}</p>;
    }
    const { container } = render(
      <div>
        <Reads />
        <Quiet />
      </div>,
    );
    act(() => {
      b.value = 'B2';
    });
    expect(renders).toHaveBeenCalledTimes(1);
    act(() => {
      which.value = 'b';
      b.value = 'B3';
    });
    expect(container.textContent).toBe('B3');
    expect(renders).toHaveBeenCalledTimes(2);
    act(() => {
      a.value = 'A2';
    });
    expect(renders).toHaveBeenCalledTimes(2);
    expect(Quiet).toHaveBeenCalledTimes(1);
  });

  test('a parent does not follow what its children read', () => {
    const n = signal(1);
    const parent = vi.fn();
    const Child = () => <b>{n.value}</b>;
    function Parent() {
      parent();
      return (
        <p>
          <i />
          <Child />
        </p>
      );
    }
    const { container } = render(<Parent />);
    act(() => {
      n.value = 2;
    });
    expect(container.textContent).toBe('2');
    expect(parent).toHaveBeenCalledTimes(1);
  });

  test('a change beside a state that stays the same is shown', () => {
    const n = signal(1);
    let set: (to: number) => void = () => undefined;
    function Both() {
      const [state, setState] = useState(0);
      set = setState;
      return (
        <p>
          {state}/{n.value}
        </p>
      );
    }
    const { container } = render(<Both />);
    act(() => {
      set(1);
      set(0);
      n.value = 2;
    });
    expect(container.textContent).toBe('0/2');
    act(() => {
      set(5);
      n.value = 3;
    });
    expect(container.textContent).toBe('5/3');
  });

  test('that show a change at once see nothing of before it', () => {
    const n = signal(1);
    const double = computed(() => n.value * 2);
    const seen: string[] = [];
    function Reads() {
      seen.push(`${n.value}/${double.value}`);
      return null;
    }
    render(<Reads />);
    atOnce(() => {
      n.value = 2;
      seen.push('after');
    });
    expect(seen).toEqual(['1/2', '2/4', 'after']);
  });

  test('who has gone is not told', () => {
    const n = signal(1);
    const renders = vi.fn();
    function Reads() {
      renders();
      return <p>{n.value}</p>;
    }
    const { unmount } = render(<Reads />);
    unmount();
    act(() => {
      n.value = 2;
    });
    expect(renders).toHaveBeenCalledTimes(1);
  });

  test('follow a computed value that many others follow', () => {
    const names = signal(['Zoë', 'Kofi']);
    const count = computed(() => names.value.length);
    const Count = () => <i>{count.value}</i>;
    const { container } = render(
      <p>
        <Count />
        <Count />
      </p>,
    );
    act(() => {
      names.value = [...names.peek(), 'Imre'];
    });
    expect(container.textContent).toBe('33');
  });

  test('have signals of their own, which stay', () => {
    let mine: Signal<number> | undefined;
    function Own() {
      mine = useSignal(7);
      return <p>{mine.value}</p>;
    }
    const { container, rerender } = render(<Own />);
    act(() => {
      if (mine) mine.value += 1;
    });
    rerender(<Own />);
    expect(container.textContent).toBe('8');
  });
});
