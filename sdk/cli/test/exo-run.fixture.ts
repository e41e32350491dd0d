import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { commandOf, descendants, stillRunning } from "./process-tree.fixture.ts";

const bin = fileURLToPath(new URL("../src/bin.ts", import.meta.url));

/** `exo run`, or another command of it, as a process under test, from the sources. */
export class ExoRun {
  /** Everything it has written so far, to both outputs. */
  output = "";
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown[]>;
  /** Every process seen under it. */
  #pids: number[] = [];

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}, command: "run" | "mock" = "run", cwd?: string) {
    const { PORT: _, PATH = "", ...inherited } = process.env;
    // The services run `node`: the one that runs the tests.
    const path = `${dirname(process.execPath)}:${PATH}`;
    this.#child = spawn(process.execPath, [bin, command, ...args], {
      env: {
        ...inherited,
        PATH: path,
        PORT: "0",
        NO_COLOR: "1",
        EXO_DASHBOARD: "false",
        EXO_RUN_FILE: "false",
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
      ...(cwd !== undefined && { cwd }),
    });
    this.#exited = once(this.#child, "close");
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        this.output += String(chunk);
      });
  }

  /** Resolves to the match once the output, from a place on, matches; rejects with the output if it ends before. */
  async until(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    let hasEnded = false;
    void this.#exited.then(() => {
      hasEnded = true;
    });
    for (;;) {
      const match = pattern.exec(this.output.slice(from));
      if (match) return match;
      if (hasEnded) throw new Error(`It ended without ${pattern}:\n${this.output}`);
      await sleep(10);
    }
  }

  /** Waits until the application is ready. */
  async ready(): Promise<void> {
    await this.until(/^application ready$/m);
    this.look();
  }

  /** Remembers the processes that run under it now. */
  look(): number[] {
    this.#pids = [...new Set([...this.#pids, ...descendants(this.#child.pid ?? 0)])];
    return this.#pids;
  }

  /** Ends those of its processes at once whose command matches. Returns how many there were. */
  killThose(command: RegExp): number {
    const pids = descendants(this.#child.pid ?? 0).filter((pid) => command.test(commandOf(pid)));
    for (const pid of pids) process.kill(pid, "SIGKILL");
    return pids.length;
  }

  /** What the printed curl line would send: body and URL. */
  get curl(): { readonly body: string; readonly url: string } {
    const [, body = "", url = ""] = /^ +curl -d '(.*)' (\S+)$/m.exec(this.output) ?? [];
    return { body: body.replaceAll("'\\''", "'"), url };
  }

  /** Sends what the printed curl line would, and reads the answer. */
  async tryIt(): Promise<{ readonly name: string; readonly payload: Record<string, unknown> }> {
    await this.until(/^ +curl -d .*\n/m);
    const { body, url } = this.curl;
    const response = await fetch(url, { method: "POST", body });
    return (await response.json()) as Awaited<ReturnType<ExoRun["tryIt"]>>;
  }

  /** Tries it until it is answered well: its own entry may be among what is away. */
  async works(name: string): Promise<void> {
    for (;;) {
      const answer = await this.tryIt().catch(() => undefined);
      if (answer?.name === name) return;
      await sleep(50);
    }
  }

  /** Sends it a signal and resolves with its exit code, or the signal that ended it. */
  async end(signal: NodeJS.Signals): Promise<unknown> {
    this.look();
    this.#child.kill(signal);
    return this.exited();
  }

  /** Resolves with its exit code, or the signal that ended it. */
  async exited(): Promise<unknown> {
    const [code, signal] = await this.#exited;
    return code ?? signal;
  }

  /** Those of its processes that still run. */
  get leftovers(): number[] {
    return stillRunning(this.#pids);
  }

  /** After a test that failed halfway: leaves nothing behind. Its watchdog sees to the rest. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
