/** The handlers of a participant that wait for answers, whose slots an instance leaves free by a larger window. */
export class WaitingHandlers {
  /** The delivery whose handler waits and the activity of the request, by the number of the request. */
  readonly #requests = new Map<number, { readonly delivery: number; readonly activity: string }>();

  /** How many handlers wait. */
  get size(): number {
    return new Set([...this.#requests.values()].map(({ delivery }) => delivery)).size;
  }

  /** The handler of a delivery has sent a request in an activity. */
  asked(request: number, delivery: number, activity: Uint8Array): void {
    this.#requests.set(request, { delivery, activity: Buffer.from(activity).toString() });
  }

  /** A request is over. `activity`: because of what came in this one, which counts if the request was of the same. */
  over(request: number, activity: Uint8Array = new Uint8Array()): void {
    const known = this.#requests.get(request);
    if (activity.length === 0 || known?.activity === Buffer.from(activity).toString()) this.#requests.delete(request);
  }

  /** A delivery is settled: its handler waits for nothing. */
  settled(delivery: number): void {
    for (const [request, known] of this.#requests) if (known.delivery === delivery) this.#requests.delete(request);
  }
}
