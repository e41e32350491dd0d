import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Measured } from "./load.ts";

const workerFile = fileURLToPath(new URL("./worker.ts", import.meta.url));

/** One process of a subject, started and told what to do over its IPC channel. */
export class Part {
  readonly #child: ChildProcess;
  /** What it said when it was ready. */
  readonly said: { readonly port?: number };

  private constructor(child: ChildProcess, said: { readonly port?: number }) {
    this.#child = child;
    this.said = said;
  }

  /** Starts a part of worker.ts and waits until it is ready. */
  static async start(part: string, options: object = {}): Promise<Part> {
    const child = fork(workerFile, [part, JSON.stringify(options)]);
    const said = await answerOf<{ ready: { port?: number } }>(child, part);
    return new Part(child, said.ready);
  }

  /** Lets a requesting part run, and gives what it measured. */
  async measure(inFlight: number, seconds: number): Promise<Measured> {
    this.#child.send({ inFlight, seconds });
    return (await answerOf<{ measured: Measured }>(this.#child, "requester")).measured;
  }

  stop(): void {
    this.#child.disconnect();
  }
}

function answerOf<T>(child: ChildProcess, part: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const failed = (code: number | null) => reject(new Error(`The part '${part}' ended with code ${code}.`));
    child.once("exit", failed);
    child.once("message", (message) => {
      child.off("exit", failed);
      resolve(message as T);
    });
  });
}
