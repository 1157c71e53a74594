import type { Stoplight } from '../../components';
import { type Direction, swipeable } from '../../lib/swipe';
import type { Rating } from './rating';

const AWAY: Record<Stoplight, [x: number, y: number]> = {
  excellent: [0, -1],
  on_track: [1, 0],
  attention: [-1, 0],
  warning: [0, 1],
  no_picture: [0, 1],
};
const LEAVE_MS = 200;

const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** What comes after the frame in which a card leaves. */
let waiting: (() => void) | undefined;
let turn = 0;

function act(): void {
  const now = waiting;
  waiting = undefined;
  now?.();
}

/** Does now what waits for a frame: whatever is done next, and leaving the page, comes after it. */
export function settle(): void {
  // One may lead to another.
  while (waiting) act();
}
document.addEventListener('visibilitychange', settle, true);
// What is pressed in that frame is meant for what comes after it: the field that opens has the caret by then.
addEventListener('keydown', settle, true);
addEventListener('pointerdown', settle, true);

/** Does this after the next frame: what was tapped is seen to be pressed first. */
export function afterFrame(then: () => void): void {
  settle();
  waiting = then;
  turn += 1;
  const mine = turn;
  // What it leads to has a frame of its own.
  const now = () => mine === turn && act();
  requestAnimationFrame(() => setTimeout(now));
  // No frame comes while the screen is locked.
  setTimeout(now, 100);
}

/** Only Chromium opens the keyboard for a field that gets the focus a frame after the tap; others want it within the tap. */
const MAY_WAIT = 'userAgentData' in navigator;

/** Opens a field: after the next frame where the keyboard comes even so. */
export function soon(then: () => void): void {
  if (MAY_WAIT) {
    afterFrame(then);
    return;
  }
  settle();
  then();
}

/**
 * The card on top of `stage` flies off and the one beneath takes its place. Both are on the screen already and only move,
 * so the next frame shows it however slow the phone is; what it means for the page (`then`) comes after that frame. Also
 * when no frame comes, because the screen was locked.
 */
export function leave(stage: HTMLElement, light: Stoplight, then: () => void): void {
  const top = stage.querySelector<HTMLElement>('.rate-card-top');
  if (!top || calm.matches || typeof top.animate !== 'function') {
    then();
    return;
  }
  const [x, y] = AWAY[light];
  const far = `translate3d(${x * 130}%, ${y * 130}%, 0) rotate(${x * 12}deg)`;
  const flight = top.animate(
    [
      { transform: top.style.transform || 'none', opacity: 1 },
      { transform: far, opacity: 0 },
    ],
    { duration: LEAVE_MS, easing: 'cubic-bezier(.3, 0, .8, .6)', fill: 'forwards' },
  );
  // It goes on over the transition that the card's own style would make of the change.
  stage.querySelector('.rate-card-below')?.animate([{}, { transform: 'none', offset: 0.7 }, { transform: 'none' }], {
    duration: LEAVE_MS + 100,
    easing: 'ease-out',
  });
  afterFrame(() => {
    // The card is the next student's from now on; a picture of it flies on.
    const ghost = top.cloneNode(true) as HTMLElement;
    for (const named of ghost.querySelectorAll('[id]')) named.removeAttribute('id');
    ghost.inert = true;
    ghost.classList.replace('rate-card-top', 'rate-ghost');
    stage.lastElementChild?.append(ghost);
    (flight.effect as KeyframeEffect).target = ghost;
    const gone = () => ghost.remove();
    flight.finished.then(gone, gone);
    then();
  });
}

/** Moves the card on top of `stage` with the finger until the returned function is called. */
export function swiping(
  stage: HTMLElement,
  listener: { aim: (toward: Direction | null, sure: boolean) => void; done: (toward: Direction) => void },
): () => void {
  const card = () => stage.querySelector<HTMLElement>('.rate-card-top');
  const lay = (transition: string, transform: string) => {
    const top = card();
    if (!top) return;
    top.style.transition = transition;
    top.style.transform = transform;
  };
  const rest = () => {
    lay('', '');
    listener.aim(null, false);
  };
  // A page that is longer than the screen (large text) scrolls up and down; then only left and right are swipes. It is told in the frame's
  // own layout; asking here would make the page lay out twice.
  const watch = new ResizeObserver(() => {
    stage.classList.toggle('rate-stack-scrolls', document.documentElement.scrollHeight > innerHeight + 2);
  });
  watch.observe(document.documentElement);
  const stop = swipeable(stage, {
    move: (dx, dy, toward, sure) => {
      lay('none', `translate3d(${dx}px, ${dy}px, 0) rotate(${dx / 28}deg)`);
      listener.aim(toward, sure);
    },
    done: (toward) => {
      listener.done(toward);
      const then = waiting;
      if (!then) return rest();
      waiting = () => {
        rest();
        then();
      };
    },
    cancel: rest,
  });
  return () => {
    watch.disconnect();
    stop();
  };
}

/** A key over the cards, other than those of the four buttons. */
export function pressed(rating: Rating, event: KeyboardEvent): void {
  if (event.defaultPrevented) return;
  const act = {
    ArrowLeft: () => rating.step(-1),
    ArrowRight: () => rating.step(1),
    Backspace: () => rating.undo(),
    '/': () => {
      rating.jumping.value = true;
    },
  }[event.key];
  if (!act || (event.target as Element).closest('[role=radiogroup]')) return;
  event.preventDefault();
  settle();
  act();
}
