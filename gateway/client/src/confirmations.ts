import type { Session } from "./session.ts";

/** Confirms what the handlers are through with, in one frame for all of a turn. */
export class Confirmations {
  readonly #session: Session;
  /** Sends a frame. False: there is no connection. */
  readonly #send: (frame: string) => boolean;
  #confirmed = 0;
  #willConfirm = false;

  constructor(session: Session, send: (frame: string) => boolean) {
    this.#session = session;
    this.#send = send;
  }

  /** A new connection knows of no confirmation. */
  restart(): void {
    this.#confirmed = 0;
    this.soon();
  }

  /** A handler may be through with a message. */
  soon(): void {
    if (this.#willConfirm) return;
    this.#willConfirm = true;
    queueMicrotask(() => {
      this.#willConfirm = false;
      const { dealtWith } = this.#session;
      if (dealtWith > this.#confirmed && this.#send(`{"type":"ack","offset":${dealtWith}}`))
        this.#confirmed = dealtWith;
    });
  }
}
