/** Bytes of bodies that are being read, for all requests of a process together. */
export class BodyBudget {
  readonly maxBytes: number;
  /** What is being held at the moment, in bytes. */
  bytes = 0;
  /** Requests that were refused for want of room. */
  refused = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Takes so many bytes more. False, and counted, if there is no room for them. */
  take(bytes: number): boolean {
    if (this.bytes + bytes > this.maxBytes) {
      this.refused += 1;
      return false;
    }
    this.bytes += bytes;
    return true;
  }

  /** Gives back what was taken. */
  release(bytes: number): void {
    this.bytes -= bytes;
  }
}
