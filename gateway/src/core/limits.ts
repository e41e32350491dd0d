import { Denied } from "./denied.ts";
import { Gcra, type Grant, type Rate } from "./gcra.ts";

/** Whose use is counted. */
export const scopes = ["connection", "session", "user", "address"] as const;

/** Whose use is counted together. */
export type Scope = (typeof scopes)[number];

/** What may be used in a second. */
export interface Allowance {
  readonly requests: number;
  readonly bytes: number;
}

/** Limits of every scope. */
export interface LimitOptions {
  readonly allowances: Readonly<Record<Scope, Allowance>>;
  /** How many seconds' worth may come at once. */
  readonly burstSeconds: number;
}

/** Who uses something: one key for each scope that there is. */
export type Keys = Readonly<Partial<Record<Scope, string>>>;

/** What is left of the tightest of the limits, for the header `RateLimit`. */
export interface Quota extends Pick<Grant, "remaining" | "resetMs"> {
  readonly scope: Scope;
}

interface Meter {
  readonly scope: Scope;
  readonly unit: keyof Allowance;
  readonly gcra: Gcra;
}

/** The limits of requests and bytes, by connection, session, user and address. */
export class Limits {
  readonly #meters: readonly Meter[];
  readonly #burstSeconds: number;
  /** Refusals by scope: for metrics. */
  readonly refused = new Map<Scope, number>();

  constructor({ allowances, burstSeconds }: LimitOptions) {
    this.#burstSeconds = burstSeconds;
    this.#meters = scopes.flatMap((scope) =>
      (["requests", "bytes"] as const).map((unit) => ({
        scope,
        unit,
        gcra: new Gcra(rateOf(allowances[scope][unit], burstSeconds)),
      })),
    );
  }

  /** Keys that are remembered: for metrics. */
  get size(): number {
    return this.#meters.reduce((sum, { gcra }) => sum + gcra.size, 0);
  }

  /** The policies that concern these keys, as the header `RateLimit-Policy` has them. */
  policies(keys: Keys): string {
    return this.#meters
      .filter(({ scope, unit }) => unit === "requests" && keys[scope] !== undefined)
      .map(({ scope, gcra }) => `"${scope}";q=${gcra.rate.burst};w=${this.#burstSeconds}`)
      .join(", ");
  }

  /** Takes a request of so many bytes from every limit, or from none. Throws a Denied if one of them is used up. */
  take(keys: Keys, requests: number, bytes: number, now: number): Quota | undefined {
    let tightest: Quota | undefined;
    for (const meter of this.#meters) {
      const { scope, unit, gcra } = meter;
      const key = keys[scope];
      if (key === undefined) continue;
      const grant = gcra.look(key, unit === "requests" ? requests : bytes, now);
      if (!grant.isGranted) throw this.#refusal(meter, grant);
      if (unit === "requests" && (tightest === undefined || grant.remaining < tightest.remaining))
        tightest = { scope, remaining: grant.remaining, resetMs: grant.resetMs };
    }
    for (const { scope, unit, gcra } of this.#meters) {
      const key = keys[scope];
      if (key !== undefined) gcra.take(key, unit === "requests" ? requests : bytes, now);
    }
    return tightest;
  }

  /** Whether one of the limits is used up. Counts the refusal, and costs less than one that says why. */
  refuses(keys: Keys, requests: number, bytes: number, now: number): boolean {
    const meter = this.#meters.find(({ scope, unit, gcra }) => {
      const key = keys[scope];
      return key !== undefined && !gcra.look(key, unit === "requests" ? requests : bytes, now).isGranted;
    });
    if (meter) this.#count(meter.scope);
    return meter !== undefined;
  }

  /**
   * Takes requests more, or a part of one, for something that has cost so much, whether or not they are granted: at most as many
   * as make up another burst.
   */
  charge(keys: Keys, requests: number, now: number): void {
    for (const { scope, unit, gcra } of this.#meters) {
      const key = keys[scope];
      if (key !== undefined && unit === "requests") gcra.charge(key, requests, now);
    }
  }

  /** Milliseconds until one request more would be granted; 0: at once. Counts a refusal if it is later. */
  owedMs(keys: Keys, now: number): number {
    let longest = 0;
    for (const { scope, unit, gcra } of this.#meters) {
      const key = keys[scope];
      if (key === undefined || unit !== "requests") continue;
      const { retryAfterMs } = gcra.look(key, 1, now);
      if (retryAfterMs > 0 && longest === 0) this.#count(scope);
      longest = Math.max(longest, retryAfterMs);
    }
    return longest;
  }

  /** Gives back what was taken of every limit. */
  giveBack(keys: Keys, requests: number, bytes: number, now: number): void {
    for (const { scope, unit, gcra } of this.#meters) {
      const key = keys[scope];
      if (key !== undefined) gcra.giveBack(key, unit === "requests" ? requests : bytes, now);
    }
  }

  /** Forgets those that have used nothing for a while. */
  sweep(now: number): void {
    for (const { gcra } of this.#meters) gcra.sweep(now);
  }

  #count(scope: Scope): void {
    this.refused.set(scope, (this.refused.get(scope) ?? 0) + 1);
  }

  #refusal({ scope, unit, gcra }: Meter, { retryAfterMs }: Grant): Denied {
    this.#count(scope);
    const detail = `Too many ${unit} of this ${scope}: ${gcra.rate.perSecond} a second are allowed. Try again later.`;
    const limit = gcra.rate.perSecond;
    const ms = Math.max(1, Math.ceil(retryAfterMs));
    return new Denied("RATE_LIMITED", detail, { facts: { scope, unit, limit, retryAfterMs: ms }, retryAfterMs: ms });
  }
}

function rateOf(perSecond: number, burstSeconds: number): Rate {
  return { perSecond, burst: perSecond * burstSeconds };
}
