import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { LineReader } from "./line-reader.ts";
import type { OutputStream, ProcessEnd } from "./process-event.ts";
import { groupGone, signalGroup } from "./process-group.ts";

/** 500 ms: what a process wrote before its end is there by then; longer, its outputs are held by one that left the group. */
const outputGraceMs = 500;

/** A program with its arguments, or a text for the shell. */
export type Command = readonly string[] | string;

/** What to run, and who listens. */
export interface ProcessRunOptions {
  readonly command: Command;
  readonly cwd?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly onLine: (stream: OutputStream, text: string) => void;
  /** Told of each piece of output, after its lines; `begun` reads the line that is not complete yet. */
  readonly onOutput: (begun: () => string) => void;
}

/** One run of a command in a process group of its own, from start until the whole group is gone. */
export class ProcessRun {
  /** Id of the process and of its group; undefined if it could not be started. */
  readonly pid: number | undefined;
  /** Resolves when the group is gone and its output read; never rejects. */
  readonly ended: Promise<ProcessEnd>;
  readonly #killTimers = new Set<NodeJS.Timeout>();
  #isTerminating = false;
  #isGone = false;

  constructor(options: ProcessRunOptions) {
    try {
      const child = spawnGroup(options);
      this.pid = child.pid;
      this.ended = this.#end(child, readLines(child, options));
    } catch (error) {
      // What no operating system could take, such as a zero byte in an argument, is thrown at once.
      this.ended = Promise.resolve({ kind: "failed", error: error as Error });
    }
  }

  /** Asks the group to end, and kills it after the grace. A further call with a shorter grace shortens it. */
  async terminate(graceMs: number): Promise<void> {
    const group = this.pid;
    // The id of a group that is gone may belong to somebody else by now.
    if (group !== undefined && !this.#isGone) {
      if (!this.#isTerminating) signalGroup(group, "SIGTERM");
      this.#isTerminating = true;
      this.#killTimers.add(setTimeout(() => signalGroup(group, "SIGKILL"), graceMs));
    }
    await this.ended;
  }

  async #end(child: ChildProcess, outputRead: Promise<unknown>): Promise<ProcessEnd> {
    const end = await endOf(child);
    if (end.kind === "failed" || child.pid === undefined) return end;
    // Who is left after a crash would hold ports and files that the next run needs.
    if (!this.#isTerminating) signalGroup(child.pid, "SIGKILL");
    await groupGone(child.pid);
    this.#isGone = true;
    for (const timer of this.#killTimers) clearTimeout(timer);
    const hold = new AbortController();
    await Promise.race([outputRead, sleep(outputGraceMs, undefined, { signal: hold.signal }).catch(() => {})]);
    hold.abort();
    child.stdout?.destroy();
    child.stderr?.destroy();
    await outputRead;
    return end;
  }
}

function spawnGroup({ command, cwd, env }: ProcessRunOptions): ChildProcess {
  const [file = "", ...args] = typeof command === "string" ? [command] : command;
  return spawn(file, args, {
    shell: typeof command === "string",
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
  });
}

async function endOf(child: ChildProcess): Promise<ProcessEnd> {
  try {
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    return { kind: "exited", code, signal };
  } catch (error) {
    return { kind: "failed", error: error as Error };
  }
}

/** Resolves when both outputs are closed and their last lines handed out. */
function readLines(child: ChildProcess, { onLine, onOutput }: ProcessRunOptions): Promise<unknown> {
  return Promise.all(
    (["stdout", "stderr"] as const).map(async (stream) => {
      const source = child[stream];
      if (!source) return;
      const reader = new LineReader((text) => onLine(stream, text));
      source.on("data", (chunk: Buffer) => {
        reader.push(chunk);
        onOutput(() => reader.begun);
      });
      await new Promise((resolve) => source.once("close", resolve));
      reader.end();
    }),
  );
}
