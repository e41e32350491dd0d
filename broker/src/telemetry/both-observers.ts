import type { Observer } from "../core/observer.ts";

type Hook = (...facts: unknown[]) => void;
type Hooks = Readonly<Record<keyof Observer, Hook | undefined>>;

/** Names of all hooks of an observer. The compiler checks this list against `Observer`. */
const all: Readonly<Record<keyof Observer, true>> = {
  attached: true,
  detached: true,
  lost: true,
  refused: true,
  publishes: true,
  refuses: true,
  delivers: true,
  takesBack: true,
  ends: true,
};

/**
 * An observer that calls the hooks of two others, those of the first one first. They may be objects or instances
 * of classes, whose methods are not their own members.
 */
export function bothObservers(first: Observer, second: Observer): Observer {
  const both: Partial<Record<keyof Observer, Hook>> = {};
  for (const name of Object.keys(all) as (keyof Observer)[]) {
    const hook = bothHooks(hookOf(first, name), hookOf(second, name));
    if (hook) both[name] = hook;
  }
  return both as Observer;
}

function hookOf(observer: Observer, name: keyof Observer): Hook | undefined {
  return (observer as Hooks)[name]?.bind(observer);
}

function bothHooks(one: Hook | undefined, other: Hook | undefined): Hook | undefined {
  if (!one || !other) return one ?? other;
  return (...facts) => {
    one(...facts);
    other(...facts);
  };
}
