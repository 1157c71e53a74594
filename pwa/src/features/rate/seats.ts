/** Which element shows which student: the card on top, and the next one's beneath it. */
export interface Seat {
  /** Another one is another element. */
  key?: object | undefined;
  /** Undefined: beneath the last one lies nobody. */
  student: string | undefined;
  /** How the student came: onto the top from the stack, brought back to it, or first beneath and then up. */
  came?: 'stack' | 'back' | 'up';
}

/** Two that nobody has yet. */
export const EMPTY: readonly Seat[] = [{ student: '' }, { student: '' }];

/**
 * The seats of these two. Who lay beneath comes to the top as it is, and the card that left is filled with the next one: each new element
 * costs a slow phone its style and its layout (docs/performance.md). They keep their order in the page, as the browser makes anew what is moved.
 */
export function seated(
  was: readonly Seat[],
  top: string,
  beneath: string | undefined,
  arrival: 'stack' | 'back',
): readonly Seat[] {
  const seats = [...was];
  for (const student of [top, beneath]) {
    if (seats.some((seat) => seat.student === student)) continue;
    const at = seats.findIndex((seat) => seat.student !== top && seat.student !== beneath);
    // On the top it is made anew, as it comes with a movement of its own.
    seats[at] = student === top ? { key: {}, student, came: arrival } : { key: seats[at]?.key, student, came: 'up' };
  }
  return seats;
}
