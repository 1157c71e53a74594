import { effect, type Signal, signal } from '@preact/signals-core';
import { type Component, options, type VNode } from 'preact';
import { useState } from 'preact/hooks';

export { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals-core';

/**
 * Signals in components: the library's core with the few lines of its Preact part that this app uses (a component renders
 * again when a signal changes that it read). The rest of that part, signals as text and as attributes among it, weighs a
 * kilobyte of the first card's budget (docs/performance.md).
 */

/** A signal of one component. */
export function useSignal<T>(first: T): Signal<T> {
  return useState(() => signal(first))[0];
}

/** What the core's effects are on the inside, by the names that its build gives for bindings such as this one. */
interface Watch {
  /** Starts to note what is read; the returned function ends that. */
  S(): () => void;
  /** Called when something that was read has changed. */
  c(): void;
  /** Lets go of everything. */
  d(): void;
}
type Known = VNode & { __c: Component };
type Hook = (node: Known, ...more: unknown[]) => void;
// Preact's hooks have short names in its build: `__b` a node is about to be compared, `__r` a component is about to render,
// `__e` one has thrown; `__c` is the component of a node.
const hooks = options as unknown as Record<'__b' | '__r' | '__e' | 'diffed' | 'unmount', Hook | undefined>;
const watches = new WeakMap<Component, Watch>();
let stop: (() => void) | undefined;

function first(name: keyof typeof hooks, act: (component: Component | undefined) => void): void {
  const others = hooks[name];
  hooks[name] = (node, ...more) => {
    act(node?.__c);
    others?.(node, ...more);
  };
}

function end(): void {
  stop?.();
  stop = undefined;
}

function watchOf(component: Component): Watch {
  let watch = watches.get(component);
  if (!watch) {
    effect(function (this: unknown) {
      watch = this as Watch;
    });
    const made = watch as unknown as Watch;
    made.c = () => component.forceUpdate();
    watches.set(component, made);
    return made;
  }
  return watch;
}

first('__r', (component) => {
  end();
  if (component) stop = watchOf(component).S();
});
first('__b', end);
first('__e', end);
first('diffed', end);
first('unmount', (component) => {
  const watch = component && watches.get(component);
  watch?.d();
});
