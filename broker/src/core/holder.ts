/** The instance that a delivery is with, as far as the delivery is concerned. */
export interface Holder {
  /** As it named itself. */
  readonly id: string;
  /** Notifies it that the sender of its delivery of that number takes no more replies. */
  notifyUnwanted(delivery: number): void;
}
