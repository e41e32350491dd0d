import type { MalformedDelivery } from "./frame-reader.ts";
import type { Incoming } from "./incoming.ts";
import type { LinkStatus } from "./link-status.ts";

/** What the owner of a link is told. */
export interface LinkEvents {
  /** A message for the app. It must be settled. */
  delivery(incoming: Incoming): void;
  /** Whoever sent a delivery with `isMany` takes no more replies. It is still to be settled. */
  unwanted?(number: number): void;
  /** A message was settled as dead, as it must not be given to anybody. To be counted and logged. */
  malformed?(message: MalformedDelivery, mistake: string): void;
  status?(status: LinkStatus): void;
}
