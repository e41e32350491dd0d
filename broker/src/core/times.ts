declare const scale: unique symbol;

/**
 * A moment of the broker's own clock, in milliseconds: it never falls, and means nothing to another process. Infinity: never.
 * Everything that is compared or waited for inside one life of the broker is one of these.
 */
export type MonotonicMs = number & { readonly [scale]: "monotonic" };

/** A moment of the wall clock, in milliseconds since 1970: it may jump, and outlives the process. */
export type WallMs = number & { readonly [scale]: "wall" };

/** When a message came and until when it is valid, for this life of the broker. */
export interface MonotonicTimes {
  /** When the broker accepted it. */
  readonly acceptedAtMs: MonotonicMs;
  /** Until when it is valid. Infinity: it has no deadline. */
  readonly expiresAtMs: MonotonicMs;
}

/** When a message came, for other processes and for other lives of this one. */
export interface WallTimes {
  /** When the broker accepted it. */
  readonly timestampMs: WallMs;
}
