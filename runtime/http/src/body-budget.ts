import { ExoError } from "@exosphere/proto";

/** Room for bodies that are being read, beside those of other requests. */
export interface BodyRoom {
  /** Takes `bytes` more bytes. Returns the error to answer with if there is no room for them, which is counted. */
  take(bytes: number): ExoError | undefined;
  /** Gives back what was taken. */
  release(bytes: number): void;
}

/** Bytes of bodies that are being read, for all requests of a process together. */
export class BodyBudget implements BodyRoom {
  readonly maxBytes: number;
  /** What is being held at the moment, in bytes. */
  bytes = 0;
  /** Requests that were refused for want of room. */
  refused = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  take(bytes: number): ExoError | undefined {
    if (this.bytes + bytes > this.maxBytes) {
      this.refused += 1;
      return tooMuchAtOnce(this.maxBytes, "--max-body-bytes");
    }
    this.bytes += bytes;
    return undefined;
  }

  release(bytes: number): void {
    this.bytes -= bytes;
  }
}

/** RATE_LIMITED, as there is no room for more of a body. `setting` is the flag that bounds all bodies, in bytes. */
export function tooMuchAtOnce(maxBytes: number, setting: string): ExoError {
  const detail = `Bodies of ${maxBytes} bytes are being read already: send fewer at once, or raise ${setting}.`;
  return new ExoError("RATE_LIMITED", detail, { retryAfterMs: 1000, facts: { limit: maxBytes } });
}
