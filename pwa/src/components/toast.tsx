import { announce } from '../lib/announce';
import { signal } from '../lib/signals';

interface Toast {
  id: number;
  text: string;
  act?: { label: string; onClick: () => void } | undefined;
}

const toasts = signal<readonly Toast[]>([]);
let lastId = 0;

/** Says for a few seconds what happened, and offers one way back. */
export function toast(text: string, act?: Toast['act']): void {
  lastId += 1;
  const id = lastId;
  // One at a time: what happened before is history by now.
  toasts.value = [{ id, text, act }];
  announce(act ? `${text}. ${act.label}` : text);
  setTimeout(() => dismiss(id), act ? 8000 : 5000);
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((other) => other.id !== id);
}

/** The place of toasts; stands once in the frame. */
export function Toasts() {
  return (
    <div class="toasts">
      {toasts.value.map(({ id, text, act }) => (
        <div key={id} class="toast">
          <span>{text}</span>
          {act && (
            <button
              type="button"
              onClick={() => {
                dismiss(id);
                act.onClick();
              }}
            >
              {act.label}
            </button>
          )}
        </div>
      ))}
    </div>
  );
}
