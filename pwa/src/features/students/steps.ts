import { useEffect, useState } from 'preact/hooks';

/** Rows that one frame of a slow phone can bear; two or three frames fill its screen. */
const STEP = 5;

/**
 * How many of `total` rows to show now: a few at first, as many more with every frame, then all for as long as the list is
 * there. `atOnce` when a place further down is gone back to.
 */
export function useSteps(total: number, atOnce: boolean): number {
  const [shown, setShown] = useState(atOnce ? Number.POSITIVE_INFINITY : STEP);
  useEffect(() => {
    if (shown === Number.POSITIVE_INFINITY) return;
    // What stands now is painted first: a task that a frame asks for comes behind that frame's painting.
    let timer: ReturnType<typeof setTimeout> | undefined;
    const frame = requestAnimationFrame(() => {
      timer = setTimeout(() => setShown(shown + STEP < total ? shown + STEP : Number.POSITIVE_INFINITY));
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, [shown, total]);
  return shown;
}

/** The groups that hold the first `rows` students, and of the last of them as many as still fit. */
export function firstOf<G extends { students: readonly unknown[] }>(groups: readonly G[], rows: number): G[] {
  let room = rows;
  return groups.flatMap((one) => {
    if (room <= 0) return [];
    const students = one.students.length > room ? one.students.slice(0, room) : one.students;
    room -= students.length;
    return [{ ...one, students }];
  });
}
