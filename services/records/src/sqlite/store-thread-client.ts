import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { Taken } from "../core/store.ts";
import type { Answer, Call, Operations, ThreadOptions } from "./operations.ts";

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/** The thread runs the file beside this one: TypeScript in the repository, JavaScript where it was built. */
const program = new URL(`./store-thread${extname(import.meta.url)}`, import.meta.url);

/** A thread that reads or writes records, seen from the thread of the service. */
export class StoreThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #onBroken: (error: Error) => void;
  readonly #opened = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  #next = 1;
  #isClosing = false;
  #hasEnded = false;

  private constructor(options: ThreadOptions, onBroken: (error: Error) => void) {
    this.#onBroken = onBroken;
    this.#worker = new Worker(program, { workerData: options });
    this.#worker.on("message", (answer: Answer) => this.#take(answer));
    this.#worker.once("error", (error) => this.#end(error));
    this.#worker.once("exit", () => this.#end(new Error("The thread of the store has ended.")));
  }

  /**
   * Starts a thread and opens the file in it. `onBroken` is called once if the file turns out to be damaged or the thread dies.
   * Throws an Error that says what to do if the file cannot be used.
   */
  static async open(options: ThreadOptions, onBroken: (error: Error) => void): Promise<StoreThread> {
    const thread = new StoreThread(options, onBroken);
    await thread.#opened.promise;
    return thread;
  }

  /** Has an operation done. Rejects with what it throws. */
  call<Name extends keyof Operations>(
    operation: Name,
    ...values: Parameters<Operations[Name]>
  ): Promise<ReturnType<Operations[Name]>> {
    return new Promise((resolve, reject) => {
      if (this.#isClosing || this.#hasEnded) return reject(new Error("The store is not open."));
      const number = this.#next++;
      this.#waiting.set(number, { resolve: resolve as Waiting["resolve"], reject });
      this.#worker.postMessage({ number, operation, values } satisfies Call);
    });
  }

  /** Lets what runs finish, closes the file and ends the thread. */
  async close(): Promise<void> {
    if (!this.#isClosing && !this.#hasEnded) this.#worker.postMessage("close");
    this.#isClosing = true;
    await this.#ended.promise;
  }

  #take(answer: Answer): void {
    if (answer.kind === "opened") this.#opened.resolve();
    else if (answer.kind === "refused") {
      // The thread ends by itself then, which is not news to anybody.
      this.#isClosing = true;
      this.#opened.reject(new Error(answer.message));
    } else if (answer.kind === "done") this.#settled(answer.number)?.resolve(answer.result as never);
    else if (answer.kind === "failed") {
      const { number, message, taken, isDamaged } = answer;
      const error = taken === undefined ? new Error(message) : new Taken(taken);
      this.#settled(number)?.reject(error);
      if (isDamaged) this.#onBroken(new Error(`The file of the records is damaged: ${message}`));
    }
  }

  #settled(number: number): Waiting | undefined {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    return waiting;
  }

  #end(error: Error): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#opened.promise.catch(() => {}); // refused, or opened before
    this.#opened.reject(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#ended.resolve();
    if (!this.#isClosing) this.#onBroken(error);
  }
}
