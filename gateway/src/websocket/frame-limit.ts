import { problemOf } from "@exosphere/proto";
import type { Desk } from "../core/desk.ts";
import type { Keys } from "../core/limits.ts";
import { failureOf } from "../failure.ts";
import type { SocketReading } from "./socket-reading.ts";

/** Frames in a row that were beyond the limits, before the connection ends. */
const maxRefusedFrames = 100;
/** Bytes of a refused frame that cost as much as a frame that ends no message: all of it is read for its `ref`. */
const refusedBytesPerFrame = 4 * 1024;

/** What limiting the frames of a socket needs. */
export interface FrameLimitOptions {
  readonly desk: Pick<Desk, "limits" | "clock">;
  /** Whom a frame counts for. */
  readonly keys: () => Keys;
  readonly reading: SocketReading;
  /** Too many frames in a row were refused. */
  readonly exceeded: () => void;
}

/** The frames that one socket may send. */
export class FrameLimit {
  readonly #options: FrameLimitOptions;
  #refusedFrames = 0;
  /** What the last frame was answered, if it was beyond the limits. */
  #refusal: object | undefined;

  constructor(options: FrameLimitOptions) {
    this.#options = options;
  }

  /** Counts a frame. Throws a Denied if it is beyond the limits. */
  take(bytes: number): void {
    const { desk, keys } = this.#options;
    try {
      desk.limits.take(keys(), 1, bytes, desk.clock.now());
      this.#refusedFrames = 0;
      this.#refusal = undefined;
    } catch (thrown) {
      this.#refusal = problemOf(failureOf(thrown));
      this.#refuse(bytes);
      throw thrown;
    }
  }

  /** The answer to a frame that is beyond the limits as the one before it was: the same, which costs little. Undefined: it may not be. */
  refusedAgain(bytes: number): object | undefined {
    const { desk, keys } = this.#options;
    return this.#refusal && desk.limits.refuses(keys(), 1, bytes, desk.clock.now()) ? this.#refusal : undefined;
  }

  /** A frame got the answer of the one before it. */
  refuseAgain(bytes: number): void {
    this.#refuse(bytes);
  }

  #refuse(bytes: number): void {
    this.#refusedFrames += 1;
    if (bytes >= refusedBytesPerFrame) this.#options.reading.count(bytes / refusedBytesPerFrame);
    if (this.#refusedFrames > maxRefusedFrames) this.#options.exceeded();
  }
}
