import { pollMs, type WatchFiles } from "./file-watch.ts";

/**
 * How long files must have been left alone before they are read, in milliseconds: longer than between two looks at them, so that a
 * file that is still being written has been seen to change again.
 */
export const quietMs: number = pollMs + 100;

/** How files are followed. */
export interface QuietFilesOptions {
  readonly watch: WatchFiles;
  /** Calls `run` once, `delayMs` from now; returns what calls it off. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** Called once the files have changed and were left alone for a while. */
  readonly onChanged: () => void;
}

/** Follows files that people and tools write while the process runs, and reports a change once it is complete. */
export class QuietFiles {
  readonly #options: QuietFilesOptions;
  #files: readonly string[];
  #unwatch: () => void;
  #cancel: (() => void) | undefined;

  constructor(files: readonly string[], options: QuietFilesOptions) {
    this.#options = options;
    this.#files = files;
    this.#unwatch = this.#watch();
  }

  /** The files that are followed. */
  get files(): readonly string[] {
    return this.#files;
  }

  /** Follows these files from now on. */
  follow(files: readonly string[]): void {
    const wanted = [...new Set(files)].sort();
    if (wanted.join("\0") === [...this.#files].sort().join("\0")) return;
    this.#unwatch();
    this.#files = wanted;
    this.#unwatch = this.#watch();
  }

  /** The files are being read: a report that is due for an earlier change is not needed any more. */
  wereRead(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Follows them no longer. */
  close(): void {
    this.wereRead();
    this.#unwatch();
  }

  #watch(): () => void {
    const { watch, after, onChanged } = this.#options;
    return watch(this.#files, () => {
      this.#cancel?.();
      this.#cancel = after(quietMs, onChanged);
    });
  }
}
