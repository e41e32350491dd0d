/** Mark what handlers throw on purpose, of whichever copy of this package: dependencies of a service may bring their own. */
const retryMark = Symbol.for("exosphere.RetryLater");
const deadMark = Symbol.for("exosphere.DeadMessage");

/**
 * Thrown by a handler that cannot take its message now: it is tried again, by this or another instance, until its deadline.
 * Nobody is told that it failed.
 */
export class RetryLater extends Error {
  override readonly name = "RetryLater";
  /** Not before so many milliseconds have passed. 0: the broker decides, from 100 ms on. */
  readonly afterMs: number;

  /** `detail` is for people: why not now. Unlike other errors' texts it is told to the bus. */
  constructor(detail = "", { afterMs = 0 }: { readonly afterMs?: number | undefined } = {}) {
    super(detail);
    this.afterMs = afterMs;
  }
}

Object.defineProperty(RetryLater.prototype, retryMark, { value: true });

/**
 * Thrown by a handler that will never take its message. It is not tried again; a durable message goes to the dead letters;
 * a waiting requester gets HANDLER_FAILED with the detail.
 */
export class DeadMessage extends Error {
  override readonly name = "DeadMessage";

  /** `detail` is for people: what is wrong with it. Unlike other errors' texts it is told to the bus. */
  constructor(detail: string) {
    super(detail);
  }
}

Object.defineProperty(DeadMessage.prototype, deadMark, { value: true });

/** The longest pause that the contract can carry, in milliseconds: 49 days. */
const longestPauseMs = 0xffff_ffff;

/** How what a handler threw on purpose settles its message. Undefined: it failed. */
export function endingOf(
  thrown: unknown,
): { readonly outcome: "retry" | "dead"; readonly detail: string; readonly retryAfterMs: number } | undefined {
  if (isMarked<DeadMessage>(thrown, deadMark)) return { outcome: "dead", detail: thrown.message, retryAfterMs: 0 };
  if (!isMarked<RetryLater>(thrown, retryMark)) return undefined;
  const afterMs = Number.isFinite(thrown.afterMs) ? Math.max(0, Math.ceil(thrown.afterMs)) : 0;
  return { outcome: "retry", detail: thrown.message, retryAfterMs: Math.min(afterMs, longestPauseMs) };
}

function isMarked<Thrown>(thrown: unknown, mark: symbol): thrown is Thrown {
  return typeof thrown === "object" && thrown !== null && mark in thrown;
}
