import type { ChildProcess } from "node:child_process";

/** A process of a subject. */
export interface Running {
  /** What it is within its subject: `broker`, `sidecar of the requester`. */
  readonly name: string;
  readonly child: ChildProcess;
  /** Tells it to end. */
  stop(): Promise<void>;
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
