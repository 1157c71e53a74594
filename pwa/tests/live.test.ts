import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { follow } from '../src/features/rate/live';

/** What the server would do, without one. */
class Stream extends EventTarget {
  static readonly CLOSED = 2;
  static all: Stream[] = [];
  readyState = 1;

  constructor(readonly url: string) {
    super();
    Stream.all.push(this);
  }

  close() {
    this.readyState = 2;
  }

  say(student: string, version: number) {
    this.dispatchEvent(new MessageEvent('feedback', { data: JSON.stringify({ student, version }) }));
  }
}

const reload = vi.fn();
let known: Record<string, number>;
let stop: () => void;
let seen: DocumentVisibilityState;

const look = (state: DocumentVisibilityState) => {
  seen = state;
  document.dispatchEvent(new Event('visibilitychange'));
};
const begin = () => {
  stop = follow({ url: '/live', isNew: ({ student, version }) => version > (known[student] ?? 0), reload });
};
const open = () => Stream.all.filter((stream) => stream.readyState !== 2);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', Stream);
  seen = 'visible';
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => seen);
  Stream.all = [];
  reload.mockClear();
  known = {};
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('following a group', () => {
  it('fetches once for news that comes close together', () => {
    begin();
    open()[0]?.say('a', 1);
    open()[0]?.say('b', 3);
    vi.advanceTimersByTime(499);
    expect(reload).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(reload).toHaveBeenCalledOnce();
  });

  it('does not fetch for what one wrote oneself, though the stream is faster than the answer', () => {
    begin();
    open()[0]?.say('a', 1);
    known.a = 1;
    vi.advanceTimersByTime(1000);
    expect(reload).not.toHaveBeenCalled();
  });

  it('listens only while the page is seen, and then fetches what it missed', () => {
    begin();
    look('hidden');
    expect(open()).toEqual([]);
    look('visible');
    expect(open()).toHaveLength(1);
    open()[0]?.dispatchEvent(new Event('open'));
    expect(reload).toHaveBeenCalledOnce();
  });

  it('fetches when it begins to listen: something may have been saved since the page came', () => {
    begin();
    open()[0]?.dispatchEvent(new Event('open'));
    expect(reload).toHaveBeenCalledOnce();
  });

  it('fetches after the browser found the way back by itself', () => {
    begin();
    open()[0]?.dispatchEvent(new Event('error'));
    open()[0]?.dispatchEvent(new Event('open'));
    expect(reload).toHaveBeenCalledOnce();
  });

  it('asks now and then where the server refuses the stream, or the browser has none', () => {
    begin();
    const [stream] = open();
    stream?.close();
    stream?.dispatchEvent(new Event('error'));
    vi.advanceTimersByTime(40_000);
    expect(reload).toHaveBeenCalledTimes(2);
    stop();
    vi.stubGlobal('EventSource', undefined);
    begin();
    vi.advanceTimersByTime(20_000);
    expect(reload).toHaveBeenCalledTimes(3);
    look('hidden');
    vi.advanceTimersByTime(60_000);
    expect(reload).toHaveBeenCalledTimes(3);
  });
});
