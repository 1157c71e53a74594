import { useRef } from 'preact/hooks';
import { ClockSheet } from './clock-sheet';
import { CompareSheet } from './compare-sheet';
import { JumpSheet } from './jump-sheet';
import type { Rating } from './rating';

/** What is opened now and then; fetched after the cards stand. */
export default function Extras({ rating }: { rating: Rating }) {
  const clock = rating.row(rating.clockOf.value);
  const kept = useRef(clock);
  if (clock) kept.current = clock;
  const compare = rating.row(rating.comparing.value);
  return (
    <>
      {kept.current && (
        <ClockSheet
          open={!!clock}
          row={kept.current}
          path={rating.historyPath}
          onClose={() => {
            rating.clockOf.value = null;
          }}
        />
      )}
      <JumpSheet rating={rating} />
      <CompareSheet
        waiting={compare?.waiting ?? null}
        onClose={() => {
          rating.comparing.value = null;
        }}
        onChoose={(choice) => {
          const student = compare?.student.id;
          rating.comparing.value = null;
          if (student) void rating.outbox.choose(rating.place(student), choice);
        }}
      />
    </>
  );
}
