/** Where bytes go without waiting: a file descriptor, or a stand-in in a test. */
export interface LineSink {
  /** Writes as much as there is room for and returns how many bytes that was. Throws the error of the system, EAGAIN where there is no room. */
  write(bytes: string | Uint8Array): number;
}

/** Settings and surroundings of a `LineOutput`. */
export interface LineOutputOptions {
  readonly sink: LineSink;
  /** Bytes that may wait until there is room. Default: 1 MiB, some 5,000 lines, which a reader that hesitates has caught up with soon. */
  readonly maxWaitingBytes?: number;
  /** Called once lines can be written again, with the number of lines that were dropped in the meantime. */
  readonly onRecovered?: (dropped: number) => void;
  /** Calls `run` once, in `delayMs`, without keeping the process alive. Default: a timer of Node. */
  readonly after?: (delayMs: number, run: () => void) => void;
  /** Milliseconds of a clock that never goes back. Default: `performance.now`. */
  readonly now?: () => number;
  /** Blocks for `ms` milliseconds; used by `flush` alone. */
  readonly wait?: (ms: number) => void;
}

const defaultMaxWaitingBytes = 1024 * 1024;

/** A reader that merely has not been scheduled yet has made room after 1 ms; one that stands still is asked 20 times a second. */
const firstRetryMs = 1;
const longestRetryMs = 50;

/** A full disk, or a pipe without a reader, is tried once a second: it takes people to mend it. */
const failedRetryMs = 1_000;

/** PIPE_BUF of Linux: a write of at most this many bytes goes into a pipe as a whole, so that other writers do not cut lines. */
const atomicBytes = 4096;

/**
 * Lines for a log or a terminal that never block the event loop and never throw, whatever happens at the other end. A line that
 * cannot be written waits, up to a bound in bytes; beyond it lines are dropped and counted.
 */
export class LineOutput {
  readonly #options: LineOutputOptions;
  readonly #maxWaitingBytes: number;
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  #droppedNow = 0;
  #problem: string | undefined;
  #retryMs = firstRetryMs;
  #isRetrying = false;
  #onBroken: (() => void) | undefined;

  constructor(options: LineOutputOptions) {
    this.#options = options;
    this.#maxWaitingBytes = options.maxWaitingBytes ?? defaultMaxWaitingBytes;
  }

  /** Lines that were dropped since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Bytes that wait for room. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Why lines are being dropped, or soon will be, for people: "ENOSPC". Undefined while everything is written. */
  get problem(): string | undefined {
    if (this.#problem !== "EAGAIN") return this.#problem;
    return this.#droppedNow > 0 ? "EAGAIN" : undefined;
  }

  /** Calls `listener` once the reader at the other end has gone (EPIPE), which ends a tool of the command line. */
  onBroken(listener: () => void): void {
    this.#onBroken = listener;
    if (this.#problem === "EPIPE") listener();
  }

  /** Writes a text of whole lines. Never throws and never waits. */
  write(text: string): void {
    if (this.#waiting.length > 0) return this.#keep(Buffer.from(text));
    const bytes = Buffer.byteLength(text);
    const written = this.#attempt(text);
    if (written < bytes) this.#keep(Buffer.from(text).subarray(written));
  }

  /** Writes what waits, for at most `maxMs`: the last lines before an exit. Blocks only while a reader is slow. */
  flush(maxMs: number): void {
    const { now = () => performance.now(), wait = blockFor } = this.#options;
    const endMs = now() + maxMs;
    while (!this.#drain() && this.#isFull && now() < endMs) wait(firstRetryMs);
  }

  /** Whether what waits can leave as soon as its reader makes room. A write that was taken in part is no error of the system. */
  get #isFull(): boolean {
    return this.#problem === undefined || this.#problem === "EAGAIN";
  }

  #keep(rest: Uint8Array): void {
    // The rest of a line that was begun is kept, however long it is.
    if (this.#waiting.length > 0 && this.#waitingBytes + rest.length > this.#maxWaitingBytes) {
      this.#dropped += 1;
      this.#droppedNow += 1;
    } else {
      this.#waiting.push(rest);
      this.#waitingBytes += rest.length;
    }
    this.#retryLater();
  }

  /** How many bytes were taken. */
  #attempt(bytes: string | Uint8Array): number {
    try {
      const written = this.#options.sink.write(bytes);
      this.#problem = undefined;
      return written;
    } catch (error) {
      const { code = "unknown error" } = error as NodeJS.ErrnoException;
      const hadGone = this.#problem === "EPIPE";
      this.#problem = code;
      if (code === "EPIPE" && !hadGone) this.#onBroken?.();
      return 0;
    }
  }

  /** Whether nothing waits any more. */
  #drain(): boolean {
    while (this.#waiting.length > 0) {
      const piece = this.#nextPiece();
      const written = this.#attempt(piece);
      if (written > 0) this.#retryMs = firstRetryMs;
      if (written < piece.length) {
        this.#putBack(piece.subarray(written));
        return false;
      }
    }
    this.#retryMs = firstRetryMs;
    this.#tellDropped();
    return true;
  }

  /** As many waiting lines as a pipe takes at once. */
  #nextPiece(): Uint8Array {
    let count = 1;
    let bytes = this.#waiting[0]?.length ?? 0;
    for (let next = this.#waiting[count]; next && bytes + next.length <= atomicBytes; next = this.#waiting[count]) {
      bytes += next.length;
      count += 1;
    }
    const lines = this.#waiting.splice(0, count);
    this.#waitingBytes -= bytes;
    return lines.length === 1 ? (lines[0] as Uint8Array) : Buffer.concat(lines);
  }

  #putBack(rest: Uint8Array): void {
    this.#waiting.unshift(rest);
    this.#waitingBytes += rest.length;
  }

  #tellDropped(): void {
    const dropped = this.#droppedNow;
    this.#droppedNow = 0;
    if (dropped > 0) this.#options.onRecovered?.(dropped);
  }

  #retryLater(): void {
    if (this.#isRetrying) return;
    this.#isRetrying = true;
    const { after = afterUnref } = this.#options;
    const delayMs = this.#isFull ? this.#retryMs : failedRetryMs;
    this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs);
    after(delayMs, () => {
      this.#isRetrying = false;
      if (!this.#drain()) this.#retryLater();
    });
  }
}

function afterUnref(delayMs: number, run: () => void): void {
  setTimeout(run, delayMs).unref();
}

function blockFor(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
