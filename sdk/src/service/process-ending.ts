/** By which a process is told to end. */
const endSignals = ["SIGTERM", "SIGINT"] as const;

/** How long the last lines may take to leave before the process exits, in milliseconds: unnoticed by people, ample for a pipe. */
const flushMs = 500;

/** What each service of this process does when it is told to end. Signals come to the process, so this is one list for it too. */
const endings = new Set<() => Promise<void>>();

/**
 * Has `end` called when a signal tells this process to end. Once everything that was registered so has ended, the process exits: nobody
 * else will end one that has a server or a timer. Where the program listens to the signal itself, it is left to the program. A second
 * signal does what it does by default. Returns what takes the registration back.
 */
export function onProcessEnd(end: () => Promise<void>): () => void {
  if (endings.size === 0) for (const signal of endSignals) process.on(signal, endAll);
  endings.add(end);
  return () => {
    if (endings.delete(end) && endings.size === 0) stopListening();
  };
}

function endAll(signal: NodeJS.Signals): void {
  stopListening();
  const isAlone = process.listenerCount(signal) === 0;
  const ended = Promise.all([...endings].map((end) => end()));
  if (isAlone) void ended.then(exitFlushed);
}

function stopListening(): void {
  for (const signal of endSignals) process.off(signal, endAll);
}

/** Exits with `process.exitCode`, after what was written has left. */
export async function exitFlushed(): Promise<void> {
  const left = [process.stdout, process.stderr].map(
    (stream) => new Promise<void>((resolve) => stream.write("", () => resolve())),
  );
  const late = new Promise<void>((resolve) => setTimeout(resolve, flushMs));
  await Promise.race([Promise.all(left), late]);
  process.exit();
}
