import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aim, fromEdge, passes, type SwipeListener, swipeable } from '../src/lib/swipe';

describe('aim', () => {
  it.each([
    [80, 10, 'right'],
    [-80, 10, 'left'],
    [5, -80, 'up'],
    [5, 80, 'down'],
  ] as const)('%i, %i points %s', (dx, dy, toward) => expect(aim(dx, dy)).toBe(toward));

  it('is undecided while short or oblique', () => {
    expect(aim(12, 3)).toBeNull();
    expect(aim(60, 58)).toBeNull();
  });
});

it('counts far enough, or short and quick', () => {
  expect(passes(112, 0, 0, 328)).toBe(true);
  expect(passes(90, 0, 0, 328)).toBe(false);
  expect(passes(90, 0, 0, 240)).toBe(true);
  expect(passes(45, 0, 0.8, 328)).toBe(true);
  expect(passes(30, 0, 2, 328)).toBe(false);
});

it('leaves the edges of the screen to the phone', () => {
  expect(fromEdge(23, 300, 360, 740)).toBe(true);
  expect(fromEdge(337, 300, 360, 740)).toBe(true);
  expect(fromEdge(180, 730, 360, 740)).toBe(true);
  expect(fromEdge(24, 300, 360, 740)).toBe(false);
});

describe('swipeable', () => {
  let card: HTMLElement;
  let listener: { [K in keyof SwipeListener]: ReturnType<typeof vi.fn<SwipeListener[K]>> };
  let stop: () => void;

  const fire = (type: string, x: number, y: number, more: PointerEventInit = {}) => {
    const event = new PointerEvent(type, {
      clientX: x,
      clientY: y,
      pointerId: 1,
      isPrimary: true,
      button: 0,
      bubbles: true,
      ...more,
    });
    card.dispatchEvent(event);
  };

  beforeEach(() => {
    Object.assign(window, { innerWidth: 360, innerHeight: 740 });
    card = document.createElement('div');
    card.innerHTML = '<a href="#x">Zoë</a>';
    Object.defineProperties(card, { offsetWidth: { value: 328 }, offsetHeight: { value: 400 } });
    Object.assign(card, { setPointerCapture: vi.fn(), releasePointerCapture: vi.fn(), hasPointerCapture: () => true });
    document.body.append(card);
    listener = { move: vi.fn(), done: vi.fn(), cancel: vi.fn() };
    stop = swipeable(card, listener);
  });
  afterEach(() => {
    stop();
    card.remove();
  });

  it('follows the finger and reports the direction when it let go far enough', () => {
    fire('pointerdown', 180, 300);
    fire('pointermove', 240, 304);
    fire('pointermove', 320, 304);
    fire('pointerup', 320, 304);
    expect(listener.move).toHaveBeenLastCalledWith(140, 4, 'right', true);
    expect(listener.done).toHaveBeenCalledExactlyOnceWith('right', 140, 4);
    expect(listener.cancel).not.toHaveBeenCalled();
  });

  it('springs back below the threshold', () => {
    fire('pointerdown', 180, 300);
    fire('pointermove', 215, 300);
    fire('pointerup', 215, 300);
    expect(listener.done).not.toHaveBeenCalled();
    expect(listener.cancel).toHaveBeenCalledOnce();
  });

  it('ignores a start at the edge', () => {
    fire('pointerdown', 10, 300);
    fire('pointermove', 200, 300);
    fire('pointerup', 200, 300);
    expect(listener.move).not.toHaveBeenCalled();
    expect(listener.done).not.toHaveBeenCalled();
  });

  it('is called off by the phone and by a second finger', () => {
    fire('pointerdown', 180, 300);
    fire('pointermove', 300, 300);
    fire('pointercancel', 300, 300);
    fire('pointerup', 320, 300);
    fire('pointerdown', 180, 300);
    fire('pointermove', 300, 300);
    fire('pointerdown', 100, 500, { pointerId: 2, isPrimary: false });
    fire('pointerup', 320, 300);
    expect(listener.cancel).toHaveBeenCalledTimes(2);
    expect(listener.done).not.toHaveBeenCalled();
  });

  it('lets a mouse select the name and press the link, but not a finger that swipes', () => {
    const link = card.firstElementChild as HTMLAnchorElement;
    const press = (type: string, x: number, pointerType: string) =>
      link.dispatchEvent(
        new PointerEvent(type, { clientX: x, clientY: 300, pointerId: 1, isPrimary: true, bubbles: true, pointerType }),
      );
    press('pointerdown', 180, 'mouse');
    press('pointermove', 320, 'mouse');
    press('pointerup', 320, 'mouse');
    expect(listener.move).not.toHaveBeenCalled();
    const clicked = vi.fn((event: Event) => event.preventDefault());
    link.addEventListener('click', clicked);
    press('pointerdown', 180, 'touch');
    press('pointermove', 320, 'touch');
    press('pointerup', 320, 'touch');
    link.click();
    expect(listener.done).toHaveBeenCalledOnce();
    expect(clicked).not.toHaveBeenCalled();
  });

  it('keeps the browser from making a scroll of a swipe, but leaves it what only the page scrolls', () => {
    const taken = (dx: number, dy: number) => {
      fire('pointerdown', 180, 300);
      fire('pointermove', 180 + dx, 300 + dy);
      const touch = new Event('touchmove', { bubbles: true, cancelable: true });
      card.dispatchEvent(touch);
      fire('pointercancel', 180 + dx, 300 + dy);
      return touch.defaultPrevented;
    };
    card.style.touchAction = 'none';
    expect([taken(4, 0), taken(60, 0), taken(0, 60)]).toEqual([false, true, true]);
    card.style.touchAction = 'pan-y';
    expect([taken(60, 0), taken(0, 60)]).toEqual([true, false]);
  });
});
