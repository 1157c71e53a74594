import type { ComponentType } from 'preact';
import { fetchIcons } from '../components/icon';
import { whenIdle } from './idle';
import { signal } from './signals';

type Lazy<P> = ComponentType<P> & {
  /** Has it here before it is shown; never fails. */
  fetch: () => Promise<void>;
};
type PropsOf<C> = C extends ComponentType<infer P> ? P : never;

/**
 * A part of a screen that is fetched when it is first shown. Until then nothing stands in its place, and the rest of
 * the screen does not wait for it. Without a network and without a copy it stays away; the next visit tries again.
 *
 * @param name What of the module it is, where one file brings several parts.
 */
export function lazily<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): Lazy<P>;
export function lazily<M, K extends keyof M>(load: () => Promise<M>, name: K): Lazy<PropsOf<M[K]>>;
export function lazily<P extends object>(
  load: () => Promise<Record<string, ComponentType<P>>>,
  name = 'default',
): Lazy<P> {
  const part = signal<ComponentType<P> | null>(null);
  let asked: Promise<void> | undefined;
  function fetch(): Promise<void> {
    asked ??= Promise.all([load(), fetchIcons()]).then(
      ([module]) => {
        part.value = module[name] ?? null;
      },
      () => {
        asked = undefined;
      },
    );
    return asked;
  }
  function Part(props: P) {
    const Found = part.value;
    if (Found) return <Found {...props} />;
    whenIdle(fetch);
    return null;
  }
  return Object.assign(Part, { fetch });
}
