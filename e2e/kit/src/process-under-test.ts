import { fileURLToPath } from "node:url";
import { type ProcessEvent, SupervisedProcess } from "@exosphere/process";
import { eventually } from "./eventually.ts";

/** How long a process may take until it answers, in milliseconds: many times what it takes on a busy machine. */
const startMs = 30_000;

/** What to start. */
export interface ProcessOptions {
  /** The command's source, or an executable, as a URL. */
  readonly entry: URL;
  readonly args: readonly string[];
  /** Variables on top of a plain environment, in which nothing of the tester's own settings is left. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder in which it runs; by default that of this process. */
  readonly cwd?: string;
}

/** How a process ended. */
export type Exit = Extract<ProcessEvent, { kind: "exited" }>;

/** A command of Exosphere as a process of its own, by default run from source. */
export class ProcessUnderTest {
  /** Those that have not ended. */
  static readonly running = new Set<ProcessUnderTest>();
  /** The command's source. */
  readonly entry: string;
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  readonly exited: Promise<Exit>;
  readonly #process: SupervisedProcess;

  constructor({ entry, args, env, cwd }: ProcessOptions) {
    const { promise, resolve } = Promise.withResolvers<Exit>();
    this.exited = promise;
    this.entry = fileURLToPath(entry);
    ProcessUnderTest.running.add(this);
    const node = /\.m?[jt]s$/.test(this.entry) ? [process.execPath, "--disable-warning=ExperimentalWarning"] : [];
    this.#process = new SupervisedProcess({
      command: [...node, this.entry, ...args],
      ...(cwd !== undefined && { cwd }),
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      restart: false,
      onEvent: (event) => {
        if (event.kind === "line") this[event.stream].push(event.text);
        else if (event.kind === "exited") {
          ProcessUnderTest.running.delete(this);
          resolve(event);
        }
      },
    });
    this.#process.start();
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  /** Its exit code and what it said on stderr, once it has ended. */
  async failure(): Promise<{ readonly code: number | null; readonly text: string }> {
    const { code } = await this.exited;
    return { code, text: this.stderr.join("\n") };
  }

  /** The entries of its log that carry this text. */
  logged(text: string): Record<string, unknown>[] {
    return this.stdout
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => typeof msg === "string" && msg.includes(text));
  }

  /** Waits for an entry of its log. */
  logs(text: string): Promise<Record<string, unknown>> {
    return eventually(`log entry '${text}'`, () => this.logged(text)[0]);
  }

  /** Waits until an HTTP address of the process answers with this status. */
  async answers(url: string, status = 200): Promise<void> {
    const ended = this.exited.then(({ code }) => {
      throw new Error(`the process ended with ${code} before ${url} answered ${status}: ${this.stderr.join("\n")}`);
    });
    const answered = eventually(`${url} answers ${status}`, async () => (await statusOf(url)) === status, startMs);
    await Promise.race([answered, ended]);
  }

  /** Asks it to end and waits until it has. One that was suspended is woken for that. */
  async stop(graceMs = 12_000): Promise<Exit> {
    if (this.#process.pid !== undefined) this.resume();
    await this.#process.stop(graceMs);
    return this.exited;
  }

  /** Stops it where it is, until `resume`: as a machine that swaps, or a debugger, would. */
  suspend(): void {
    process.kill(this.pid, "SIGSTOP");
  }

  resume(): void {
    process.kill(this.pid, "SIGCONT");
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    process.kill(this.pid, "SIGKILL");
    await this.exited;
  }
}

async function statusOf(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.status;
  } catch {
    return undefined;
  }
}
