import type { Observer } from "../core/observer.ts";

type Hooks = Record<string, (...facts: unknown[]) => void>;

/** An observer that has two others hear of everything that they want to hear of, the first one first. */
export function bothObservers(first: Observer, second: Observer): Observer {
  const [one, other] = [first as Hooks, second as Hooks];
  const both: Hooks = { ...one, ...other };
  for (const [name, hear] of Object.entries(one)) {
    const hearToo = other[name];
    if (!hearToo) continue;
    both[name] = (...facts) => {
      hear(...facts);
      hearToo(...facts);
    };
  }
  return both;
}
