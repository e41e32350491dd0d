import { existsSync, renameSync, rmSync } from "node:fs";
import { isDamage } from "@exosphere/process";
import type { Activity } from "../core/activity.ts";
import type { ActivityArchive } from "../core/activity-log.ts";
import type { Sample } from "../core/sample.ts";
import { type ActivitySearch, type ArchiveLimits, SqliteArchive } from "./sqlite-archive.ts";

/** Where an archive reports that its file cannot be used, and that it can again. */
export type OnArchiveState = (problem: string | undefined) => void;

/** What a search says while the file cannot be read. */
const nothing = { rows: [], isComplete: false };

/**
 * An archive whose file may be locked by another process, full or damaged: the dashboard goes on with what it has in memory, says so,
 * and writes again as soon as it can.
 */
export class GuardedArchive implements ActivityArchive {
  readonly #archive: SqliteArchive;
  readonly #onState: OnArchiveState;
  /** Why the file cannot be used; undefined while it can. */
  problem: string | undefined;
  /** Reads and writes that failed. */
  failures = 0;

  constructor(archive: SqliteArchive, onState: OnArchiveState) {
    this.#archive = archive;
    this.#onState = onState;
  }

  /**
   * Opens the file. A damaged one is put aside as `<file>.damaged`, and begun anew: it holds the last hour, which nothing depends on.
   * Throws an Error if the file cannot be used.
   */
  static open(file: string, limits: ArchiveLimits, onState: OnArchiveState): GuardedArchive {
    try {
      return new GuardedArchive(new SqliteArchive(file, limits), onState);
    } catch (error) {
      if (!isDamage(error)) throw error;
      renameSync(file, `${file}.damaged`);
      for (const rest of ["-wal", "-shm"].map((ending) => `${file}${ending}`)) if (existsSync(rest)) rmSync(rest);
      onState(`${file} was damaged (${(error as Error).message}); it is kept as ${file}.damaged, and begun anew.`);
      return new GuardedArchive(new SqliteArchive(file, limits), onState);
    }
  }

  find(id: string): Activity | undefined {
    return this.#read(() => this.#archive.find(id), undefined);
  }

  save(activities: readonly Activity[]): boolean {
    return this.#write(() => this.#archive.save(activities));
  }

  saveSlot(slot: Sample): void {
    this.#write(() => this.#archive.saveSlot(slot));
  }

  slots(now: number): Sample[] {
    return this.#read(() => this.#archive.slots(now), []);
  }

  held(): ReturnType<SqliteArchive["held"]> {
    return this.#read(() => this.#archive.held(), { from: undefined, activities: 0, bytes: 0 });
  }

  prune(now: number): void {
    this.#write(() => this.#archive.prune(now));
  }

  async search(search: ActivitySearch): ReturnType<SqliteArchive["search"]> {
    try {
      return await this.#archive.search(search);
    } catch (error) {
      this.#fail(error);
      return nothing;
    }
  }

  close(): void {
    this.#archive.close();
  }

  #read<Result>(run: () => Result, otherwise: Result): Result {
    try {
      return run();
    } catch (error) {
      this.#fail(error);
      return otherwise;
    }
  }

  #write(run: () => void): boolean {
    try {
      run();
    } catch (error) {
      this.#fail(error);
      return false;
    }
    if (this.problem !== undefined) this.#tell(undefined);
    return true;
  }

  #fail(error: unknown): void {
    this.failures += 1;
    const { message } = error as Error;
    const advice = isDamage(error) ? "; start the dashboard again, which begins the file anew" : "";
    this.#tell(`What happened cannot be kept (${message})${advice}.`);
  }

  #tell(problem: string | undefined): void {
    if (problem === this.problem) return;
    this.problem = problem;
    this.#onState(problem);
  }
}
