/** Terminals signal the whole process group, and launchers pass the signal on: a repeat this soon is the same one. Milliseconds. */
const repeatMs = 1000;

/** What ends `exo run`: Ctrl-C, a supervisor, the end of the terminal. */
const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Where signals come from: `process`, or an EventEmitter in a test. */
export interface SignalSource {
  on(name: string, listener: () => void): unknown;
  off(name: string, listener: () => void): unknown;
}

/** Calls `onFirst` at the first signal and `onAgain` at those a second later or more. Returns what stops listening. */
export function onEndSignal(
  onFirst: () => void,
  onAgain: () => void,
  source: SignalSource = process,
  now: () => number = () => performance.now(),
): () => void {
  let firstAt: number | undefined;
  const listener = () => {
    if (firstAt === undefined) {
      firstAt = now();
      onFirst();
    } else if (now() - firstAt >= repeatMs) onAgain();
  };
  for (const name of names) source.on(name, listener);
  return () => {
    for (const name of names) source.off(name, listener);
  };
}
