import { catalogue, isReason, type Reason } from "./catalogue.ts";

/** What was concerned: `name`, `role`, `limit`, … */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/** What an ExoError may carry beside its reason and detail. */
export interface ExoErrorOptions {
  /** What was concerned. Ends up in answers, so nothing of the inside. */
  readonly facts?: Facts | undefined;
  /** Trying again may work after so many milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** What happened underneath. For the log; never leaves the process. */
  readonly cause?: unknown;
}

/** Marks every ExoError, of whichever copy of this package: dependencies of an app may bring their own. */
const brand = Symbol.for("exosphere.ExoError");

/**
 * The one error that Exosphere's interfaces refuse or fail with. Recognised by `reason`, never by its text. `instanceof` holds
 * for errors of other copies of this package as well.
 */
export class ExoError extends Error {
  override readonly name = "ExoError";
  /** Why, from the closed catalogue. */
  readonly reason: Reason;
  /** For people: what was wrong, where, and what to do. */
  readonly detail: string;
  /** What was concerned. */
  readonly facts: Facts;
  /** Not undefined: trying again may work after so many milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(reason: Reason, detail: string, options: ExoErrorOptions = {}) {
    super(`${reason}: ${detail}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.detail = detail;
    this.facts = options.facts ?? {};
    this.retryAfterMs = options.retryAfterMs;
  }

  /** Status of the HTTP answer. Fastify and Express answer an error that has it with this status. */
  get statusCode(): number {
    return this.httpStatus;
  }

  /** Status of the HTTP answer. */
  get httpStatus(): number {
    return catalogue[this.reason].http;
  }

  /** Canonical gRPC code. */
  get grpcCode(): number {
    return catalogue[this.reason].grpc;
  }

  /**
   * Anything thrown, as an ExoError. What is not one already becomes INTERNAL, its text kept only as the cause. The fact `id`
   * is for the caller and for the log line that has the cause.
   */
  static from(thrown: unknown): ExoError {
    if (thrown instanceof ExoError) return thrown;
    return new ExoError("INTERNAL", "An unexpected error. The log of the process says more under this id.", {
      cause: thrown,
      facts: { id: globalThis.crypto.randomUUID() },
    });
  }

  /** An error that came over the wire. An unknown reason, as of a newer peer, becomes INTERNAL and keeps its detail. */
  static fromWire(reason: string, detail: string, options: ExoErrorOptions = {}): ExoError {
    return new ExoError(isReason(reason) ? reason : "INTERNAL", detail, options);
  }
}

Object.defineProperty(ExoError.prototype, brand, { value: true });

// Whether a value is an ExoError of any copy. Of a class that extends ExoError, `instanceof` means that class.
Object.defineProperty(ExoError, Symbol.hasInstance, {
  value(this: typeof ExoError, value: unknown): boolean {
    if (this !== ExoError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && brand in value;
  },
});
