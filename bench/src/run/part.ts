import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Received } from "../ends/ends.ts";
import type { Measured } from "../ends/load.ts";
import type { Order } from "../ends/order.ts";
import { adopt, type Running } from "./running.ts";

const workerFile = fileURLToPath(new URL("../ends/worker.ts", import.meta.url));

/** How long an answer may take, in milliseconds: a message that is lost would else keep the benchmark waiting for ever. */
const answerMs = 60_000;

/** One process of a subject that plays a part of ends/, started and told what to do over its IPC channel. */
export class Part implements Running {
  readonly name: string;
  readonly child: ChildProcess;
  /** Where others find it. */
  port = 0;
  #isStopped = false;

  /** Starts it. What it is told is an `EndOptions`. */
  constructor(name: string, part: string, options: object, execArgv: readonly string[] = []) {
    this.name = name;
    const child = fork(workerFile, [part, JSON.stringify(options)], {
      execArgv: ["--disable-warning=ExperimentalWarning", ...execArgv],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: { ...process.env, EXO_LOG_LEVEL: "warn" },
    });
    this.child = adopt(child);
  }

  /** Resolves once it is ready. */
  async ready(): Promise<this> {
    this.port = (await this.#answer<{ readonly port?: number }>()).port ?? 0;
    return this;
  }

  /** Lets it carry an order out. */
  measure(order: Extract<Order, { readonly kind: "closed" | "paced" | "fill" }>): Promise<Measured> {
    return this.#tell(order);
  }

  /** Sends one message, and says whether what came back is what was sent. */
  verify(value: Readonly<Record<string, unknown>>): Promise<{ readonly isEcho: boolean; readonly reply: unknown }> {
    return this.#tell({ kind: "verify", value });
  }

  /** What it has received. */
  received(): Promise<Received> {
    return this.#tell({ kind: "received" });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.child.connected) this.child.disconnect();
    else this.child.kill();
  }

  #tell<T>(order: Order): Promise<T> {
    this.child.send(order);
    return this.#answer();
  }

  #answer<T>(): Promise<T> {
    return new Promise((resolve, reject) => {
      const failed = (code: number | null) => {
        clearTimeout(overdue);
        if (!this.#isStopped) reject(new Error(`The process '${this.name}' ended with code ${code}.`));
      };
      const overdue = setTimeout(() => {
        this.child.off("exit", failed);
        reject(new Error(`The process '${this.name}' did not answer within ${answerMs / 1000} s.`));
      }, answerMs);
      this.child.once("exit", failed);
      this.child.once("message", (message: { readonly answer: T }) => {
        clearTimeout(overdue);
        this.child.off("exit", failed);
        resolve(message.answer);
      });
    });
  }
}
