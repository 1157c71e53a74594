import type { Stoplight } from '../../components';
import { type Direction, swipeable } from '../../lib/swipe';

const AWAY: Record<Stoplight, [x: number, y: number]> = {
  excellent: [0, -1],
  on_track: [1, 0],
  attention: [-1, 0],
  warning: [0, 1],
  no_picture: [0, 1],
};
const LEAVE_MS = 200;

const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** A picture of the card flies off to where it went; the next one is there already. */
export function flyAway(card: HTMLElement, sky: HTMLElement, light: Stoplight): void {
  if (calm() || typeof card.animate !== 'function') return;
  const ghost = card.cloneNode(true) as HTMLElement;
  for (const named of ghost.querySelectorAll('[id]')) named.removeAttribute('id');
  ghost.inert = true;
  ghost.classList.add('rate-ghost', `rate-ghost-${light}`);
  const from = card.style.transform || 'none';
  const [x, y] = AWAY[light];
  sky.append(ghost);
  const far = `translate3d(${x * 130}%, ${y * 130}%, 0) rotate(${x * 12}deg)`;
  const flight = ghost.animate(
    [
      { transform: from, opacity: 1 },
      { transform: far, opacity: 0 },
    ],
    {
      duration: LEAVE_MS,
      easing: 'cubic-bezier(.3, 0, .8, .6)',
    },
  );
  const gone = () => ghost.remove();
  flight.finished.then(gone, gone);
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
  return swipeable(stage, {
    move: (dx, dy, toward, sure) => {
      lay('none', `translate3d(${dx}px, ${dy}px, 0) rotate(${dx / 28}deg)`);
      listener.aim(toward, sure);
    },
    done: (toward) => {
      listener.done(toward);
      rest();
    },
    cancel: rest,
  });
}
