import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';

/**
 * A part of a screen that is fetched when it is first shown. Until then nothing stands in its place, and the rest of
 * the screen does not wait for it. Without a network and without a copy it stays away; the next visit tries again.
 */
export function lazily<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): ComponentType<P> {
  const part = signal<ComponentType<P> | null>(null);
  let asked = false;
  return function Part(props: P) {
    const Found = part.value;
    if (Found) return <Found {...props} />;
    if (!asked) {
      asked = true;
      load().then(
        (module) => {
          part.value = module.default;
        },
        () => {
          asked = false;
        },
      );
    }
    return null;
  };
}
