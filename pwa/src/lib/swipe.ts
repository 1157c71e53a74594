/** Swipes of one card in four directions. What counts is pure (`aim`, `passes`, `fromEdge`); `swipeable` listens. */

export type Direction = 'up' | 'right' | 'left' | 'down';

/** A start this near to the edge of the screen belongs to the phone's own gestures; in CSS pixels. */
export const EDGE_PX = 24;
/** A finger that rests trembles less than this. */
const SLOP_PX = 10;
const FAR_PX = 110;
const FLICK_PX = 40;
const FLICK_SPEED = 0.55;

/** Where a movement points; null while it is short, or so oblique that it could mean either. */
export function aim(dx: number, dy: number): Direction | null {
  const [x, y] = [Math.abs(dx), Math.abs(dy)];
  if (Math.max(x, y) < SLOP_PX * 2 || Math.max(x, y) < 1.3 * Math.min(x, y)) return null;
  if (x > y) return dx > 0 ? 'right' : 'left';
  return dy > 0 ? 'down' : 'up';
}

/**
 * Whether letting go here counts.
 *
 * @param speed Pixels per millisecond along the aim, just before letting go; a flick may be shorter.
 * @param size The card's width or height along the aim: on a small card a third of it is enough.
 */
export function passes(dx: number, dy: number, speed: number, size: number): boolean {
  const way = Math.max(Math.abs(dx), Math.abs(dy));
  return way >= Math.min(FAR_PX, size / 3) || (way >= FLICK_PX && speed >= FLICK_SPEED);
}

export function fromEdge(x: number, y: number, width: number, height: number): boolean {
  return x < EDGE_PX || y < EDGE_PX || x > width - EDGE_PX || y > height - EDGE_PX;
}

export interface SwipeListener {
  /** The card follows the finger; `sure`: letting go now would count. */
  move: (dx: number, dy: number, toward: Direction | null, sure: boolean) => void;
  done: (toward: Direction, dx: number, dy: number) => void;
  /** Let go too early, or the phone took the gesture over: the card springs back. */
  cancel: () => void;
}

interface Drag {
  pointer: number;
  x: number;
  y: number;
  dragging: boolean;
  /** Width and height of the element and whether all directions are ours, read once: reading makes the page lay out. */
  width: number;
  height: number;
  allWays: boolean;
  /** Recent places, for the speed. */
  trail: { x: number; y: number; at: number }[];
}

/** With a mouse, text can be selected and controls pressed as anywhere; a finger may start on them. */
function isForMouse(target: EventTarget | null): boolean {
  return !!(target as Element | null)?.closest?.('a, button, [data-selectable]');
}

/**
 * Listens to swipes on an element until the returned function is called. The element needs `touch-action: none`.
 */
export function swipeable(element: HTMLElement, listener: SwipeListener): () => void {
  let drag: Drag | null = null;

  const size = (toward: Direction | null, { width, height }: Drag) =>
    toward === 'up' || toward === 'down' ? height : width;

  const speed = (toward: Direction, { trail }: Drag) => {
    const [first, last] = [trail[0], trail.at(-1)];
    if (!first || !last || last.at === first.at) return 0;
    const way = { right: last.x - first.x, left: first.x - last.x, down: last.y - first.y, up: first.y - last.y }[
      toward
    ];
    return way / (last.at - first.at);
  };

  const stop = () => {
    const was = drag;
    drag = null;
    if (was?.dragging) {
      if (element.hasPointerCapture(was.pointer)) element.releasePointerCapture(was.pointer);
      listener.cancel();
    }
  };

  const down = (event: PointerEvent) => {
    // A second finger is a zoom, not a swipe.
    if (!event.isPrimary || drag) return stop();
    if (event.button !== 0 || fromEdge(event.clientX, event.clientY, innerWidth, innerHeight)) return;
    if (event.pointerType === 'mouse' && isForMouse(event.target)) return;
    drag = {
      pointer: event.pointerId,
      x: event.clientX,
      y: event.clientY,
      dragging: false,
      width: element.offsetWidth,
      height: element.offsetHeight,
      allWays: getComputedStyle(element).touchAction === 'none',
      trail: [],
    };
  };

  const move = (event: PointerEvent) => {
    if (!drag || event.pointerId !== drag.pointer) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.dragging) {
      if (Math.hypot(dx, dy) < SLOP_PX) return;
      drag.dragging = true;
      element.setPointerCapture(drag.pointer);
    }
    drag.trail.push({ x: event.clientX, y: event.clientY, at: event.timeStamp });
    while (drag.trail.length > 2 && event.timeStamp - (drag.trail[0]?.at ?? 0) > 80) drag.trail.shift();
    const toward = aim(dx, dy);
    listener.move(dx, dy, toward, toward !== null && passes(dx, dy, 0, size(toward, drag)));
  };

  const up = (event: PointerEvent) => {
    if (!drag || event.pointerId !== drag.pointer) return;
    const [was, dx, dy] = [drag, event.clientX - drag.x, event.clientY - drag.y];
    const toward = aim(dx, dy);
    if (!was.dragging || !toward || !passes(dx, dy, speed(toward, was), size(toward, was))) {
      if (was.dragging) swallowClick(element);
      return stop();
    }
    drag = null;
    swallowClick(element);
    listener.done(toward, dx, dy);
  };

  const cancel = (event: PointerEvent) => {
    if (event.pointerId === drag?.pointer) stop();
  };
  // The name is a link: dragging it moves the card, not the link.
  const native = (event: Event) => event.preventDefault();
  // Else the browser takes a flick for the start of a scroll of its own, and stops that with the next tap: a lost tap.
  // Where the page scrolls up and down (touch-action: pan-y), only what goes sideways is ours.
  const touch = (event: Event) => {
    const at = drag?.trail.at(-1);
    if (!drag?.dragging || !at || !event.cancelable) return;
    const sideways = Math.abs(at.x - drag.x) > Math.abs(at.y - drag.y);
    if (sideways || drag.allWays) event.preventDefault();
  };

  const listeners = {
    pointerdown: down,
    pointermove: move,
    pointerup: up,
    pointercancel: cancel,
    dragstart: native,
    touchmove: touch,
  } as const;
  for (const [name, on] of Object.entries(listeners)) {
    element.addEventListener(name, on as EventListener, { passive: false });
  }
  return () => {
    stop();
    for (const [name, on] of Object.entries(listeners)) element.removeEventListener(name, on as EventListener);
  };
}

/** A swipe that started on a link or button is not a press of it. */
function swallowClick(element: HTMLElement): void {
  const swallow = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  element.addEventListener('click', swallow, { capture: true, once: true });
  setTimeout(() => element.removeEventListener('click', swallow, { capture: true }), 60);
}
