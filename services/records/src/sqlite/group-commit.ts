import type { DatabaseSync } from "node:sqlite";
import { rollBack } from "./roll-back.ts";

/** Writes of one transaction. More would keep the process from everything else for too long. */
const maxWrites = 256;

interface Write {
  /** Resolves with what it returns, once that is on disk. */
  run(): void;
  committed(): void;
  failed(error: unknown): void;
}

/**
 * Runs writes in transactions of as many as came in the same turn: what an fsync costs is shared by all of them. Each
 * write stands for itself: one that throws leaves nothing behind and disturbs no other.
 */
export class GroupCommit {
  readonly #database: DatabaseSync;
  readonly #writes: Write[] = [];
  #idle: Promise<void> | undefined;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Resolves with what `work` returns once it is on disk. */
  write<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      let result: Result;
      this.#writes.push({
        run: () => {
          result = work();
        },
        committed: () => resolve(result),
        failed: reject,
      });
      this.#idle ??= this.#commitAll();
    });
  }

  /** Resolves once nothing waits. */
  async idle(): Promise<void> {
    await this.#idle;
  }

  async #commitAll(): Promise<void> {
    while (this.#writes.length > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      this.#commit(this.#writes.splice(0, maxWrites));
    }
    this.#idle = undefined;
  }

  #commit(writes: readonly Write[]): void {
    const done: Write[] = [];
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      for (const write of writes) if (this.#run(write)) done.push(write);
      this.#database.exec("COMMIT");
    } catch (error) {
      rollBack(this.#database);
      for (const write of writes) write.failed(error);
      return;
    }
    for (const write of done) write.committed();
  }

  #run(write: Write): boolean {
    this.#database.exec("SAVEPOINT one");
    try {
      write.run();
      return true;
    } catch (error) {
      this.#database.exec("ROLLBACK TO one");
      write.failed(error);
      return false;
    } finally {
      this.#database.exec("RELEASE one");
    }
  }
}
