import type { AppInbound } from "./app-inbound.ts";

/** The way to the app's own port, for as long as the app does not take its deliveries by a connection that it opens itself. */
export class AppPort {
  /** What looks for the app's port and delivers there, if anything does. */
  inbound: AppInbound | undefined;
  readonly #make: () => AppInbound | undefined;
  #isEnded = false;

  /** `make` gives undefined where the app has no port. */
  constructor(make: () => AppInbound | undefined) {
    this.#make = make;
  }

  /** Looks for the app's port, from now on. */
  open(): void {
    if (!this.#isEnded) this.inbound ??= this.#make();
  }

  /** Looks for it no longer, until it is opened again. */
  close(): void {
    void this.inbound?.close();
    this.inbound = undefined;
  }

  /** Closes it for good. */
  end(): void {
    this.#isEnded = true;
    this.close();
  }
}
