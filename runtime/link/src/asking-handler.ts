/** Where a delivery came by, whose slot its handler leaves free while it waits. */
export interface HandlerSlots {
  /** The handler of one more delivery waits for a reply. */
  handlerWaits(): void;
  /** The handler of a delivery does not wait any more. */
  handlerContinues(): void;
}

/** The handler of one delivery, once it asks others: it waits from its first open request until all of them have ended. */
export class AskingHandler {
  /** The handlers that wait for an answer to its requests, itself last: Publish.awaiting. */
  readonly awaiting: number[];
  readonly #slots: HandlerSlots;
  #openRequests = 0;
  #isDone = false;

  constructor(awaiting: number[], slots: HandlerSlots) {
    this.awaiting = awaiting;
    this.#slots = slots;
  }

  /** One of its requests is open. */
  requestStarted(): void {
    this.#openRequests += 1;
    if (this.#openRequests === 1 && !this.#isDone) this.#slots.handlerWaits();
  }

  /** One of its requests has ended, however it did. */
  requestEnded(): void {
    this.#openRequests -= 1;
    if (this.#openRequests === 0 && !this.#isDone) this.#slots.handlerContinues();
  }

  /** Its delivery is settled: there is no slot to leave free any more. */
  delivered(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    if (this.#openRequests > 0) this.#slots.handlerContinues();
  }
}
