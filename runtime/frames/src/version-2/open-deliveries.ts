import type { Delivery } from "@exosphere/proto";
import { EnvelopeReader } from "../envelope-reader.ts";
import { handlerNumber } from "../mesh-numbers.ts";

/** The number behind a delivery's: they count modulo 2^32, and skip 0. */
function next(number: number): number {
  return number === 0xffff_ffff ? 1 : number + 1;
}

/** What is known of a delivery for as long as its handler may send something. */
type OpenDelivery = Pick<Delivery, "activityId" | "envelope" | "awaiting">;

/**
 * Deliveries of one stream of version 2 that its peer has not settled, so that a request can name the one whose handler sends it.
 * No more than the stream's credit, as replies after which nothing comes have no handlers.
 */
export class OpenDeliveries {
  readonly #role: string;
  readonly #open = new Map<number, OpenDelivery>();

  /** `role` is that of the peer. */
  constructor(role: string) {
    this.#role = role;
  }

  /** Deliveries leave in a frame, the first of them under this number. */
  sent(deliveries: readonly Delivery[], firstNumber: number): void {
    let number = firstNumber;
    for (const { request, more, activityId, envelope, awaiting } of deliveries) {
      if (request === 0 || more) this.#open.set(number, { activityId, envelope, awaiting });
      number = next(number);
    }
  }

  /** A delivery is settled. */
  settled(number: number): void {
    this.#open.delete(number);
  }

  /** The handlers that wait for what the handler of a delivery asks: those that wait for the delivery, and its own. */
  chainOf(number: number): number[] | undefined {
    const delivery = this.#open.get(number);
    if (!delivery) return undefined;
    const id = idOf(delivery.envelope);
    const activity = Buffer.from(delivery.activityId).toString();
    return id === undefined ? [...delivery.awaiting] : [...delivery.awaiting, handlerNumber(this.#role, activity, id)];
  }
}

function idOf(envelope: Uint8Array): string | undefined {
  try {
    return EnvelopeReader.of(envelope).id;
  } catch {
    return undefined;
  }
}
