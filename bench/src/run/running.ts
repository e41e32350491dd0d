import type { ChildProcess } from "node:child_process";

/** A process of a subject. */
export interface Running {
  /** What it is within its subject: `broker`, `sidecar of the requester`. */
  readonly name: string;
  readonly child: ChildProcess;
  /** Tells it to end. */
  stop(): Promise<void>;
}

/** Every process that was started and has not ended. */
const alive = new Set<ChildProcess>();

let isWatching = false;

function killAll(): void {
  for (const child of alive) child.kill("SIGKILL");
}

/** Takes a process in that must not outlive this one, however that ends. */
export function adopt<C extends ChildProcess>(child: C): C {
  if (!isWatching) {
    isWatching = true;
    process.once("exit", killAll);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  }
  alive.add(child);
  child.once("exit", () => alive.delete(child));
  return child;
}

/** How long a process may take to end before it is killed, in milliseconds. */
const graceMs = 3_000;

/** Tells processes to end, the latest first, and waits until they have. */
export async function stopAll(running: readonly Running[]): Promise<void> {
  await Promise.all(
    running.toReversed().map(async (each) => {
      const { child } = each;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      const overdue = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await each.stop();
      await ended;
      clearTimeout(overdue);
    }),
  );
}
