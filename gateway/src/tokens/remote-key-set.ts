import type { Log } from "@exosphere/telemetry";
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { Denied } from "../core/denied.ts";

/** How long a set is used before it is fetched again, in milliseconds: a key that was taken out of it is refused after that. */
const refreshMs = 600_000;
/** A token with an unknown key makes the set be fetched again, at most this often, in milliseconds: anybody can send one. */
const unknownKeyMs = 30_000;
/** Pause after a failure while there is no set, in milliseconds: nobody can sign in until there is one. */
const emptyPauseMs = 250;
/** Pauses after failures while an old set is used, in milliseconds: doubled each time, from the first to the longest. */
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
/** What refused clients are told to wait at least, in milliseconds: `Retry-After` counts seconds. */
const leastRetryMs = 1_000;

/** Dependencies of a remote key set. */
export interface RemoteKeySetOptions {
  /** Rejects with an Error that tells operators why there is no set. */
  readonly fetchSet: () => Promise<JSONWebKeySet>;
  /** How long the last set is used while no other can be fetched, in milliseconds. */
  readonly keepMs: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  readonly log: Pick<Log, "info" | "warn">;
}

interface KnownSet {
  readonly find: JWTVerifyGetKey;
  readonly fetchedMs: number;
}

/** What is counted of a key set. */
export interface KeySetCounts {
  readonly ok: number;
  readonly failed: number;
}

/**
 * The public keys of an identity provider. One fetch is in flight at a time, whoever waits for it. While the provider is away the
 * last set stays in use for a bounded time; whatever cannot be decided without the provider is refused with IDENTITY_UNAVAILABLE.
 */
export class RemoteKeySet {
  readonly #options: RemoteKeySetOptions;
  #known: KnownSet | undefined;
  #fetching: Promise<void> | undefined;
  #failures = 0;
  /** No fetch before this moment. */
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  #ok = 0;
  #failed = 0;

  constructor(options: RemoteKeySetOptions) {
    this.#options = options;
  }

  /** Fetches since the start, by outcome. */
  get fetches(): KeySetCounts {
    return { ok: this.#ok, failed: this.#failed };
  }

  /** Seconds since the set in use was fetched; undefined if there is none. */
  get ageSeconds(): number | undefined {
    return this.#known && (this.#options.now() - this.#known.fetchedMs) / 1000;
  }

  /** Finds the key of a token. Rejects with a JOSEError if the set has none, with a Denied if there is no set to look into. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    if (this.#age() >= refreshMs) await this.#refresh();
    const known = this.#usable();
    try {
      return await known.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      return this.#findNew(known, error, header, token);
    }
  };

  /** The set may be older than the key. */
  async #findNew(known: KnownSet, error: Error, ...[header, token]: Parameters<JWTVerifyGetKey>) {
    // Another caller may have fetched meanwhile.
    if (known === this.#known && this.#age() >= unknownKeyMs) await this.#refresh();
    const latest = this.#usable();
    if (latest !== known) return latest.find(header, token);
    // The provider may know the key by now, and cannot be asked.
    if (this.#failures > 0) throw this.#unavailable();
    throw error;
  }

  #age(): number {
    return this.#known ? this.#options.now() - this.#known.fetchedMs : Number.POSITIVE_INFINITY;
  }

  #isUsable(): boolean {
    return this.#age() < refreshMs + this.#options.keepMs;
  }

  #usable(): KnownSet {
    if (this.#known && this.#isUsable()) return this.#known;
    throw this.#unavailable();
  }

  #unavailable(): Denied {
    const pauseMs = this.#pausedUntilMs - this.#options.now();
    return new Denied(
      "IDENTITY_UNAVAILABLE",
      "The token cannot be checked at the moment. Try again with the same one.",
      {
        retryAfterMs: Math.max(leastRetryMs, Math.ceil(pauseMs)),
      },
    );
  }

  /**
   * Resolves once the fetch in flight has ended, or a new one; at once if it is too early for one. A provider that failed last time
   * holds nobody up for whom there is an old set.
   */
  async #refresh(): Promise<void> {
    if (!this.#fetching && this.#options.now() < this.#pausedUntilMs) return;
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    if (this.#failures === 0 || !this.#isUsable()) await this.#fetching;
  }

  async #fetch(): Promise<void> {
    const { fetchSet, now, log } = this.#options;
    try {
      const find = createLocalJWKSet(await fetchSet());
      this.#known = { find, fetchedMs: now() };
      this.#ok += 1;
      if (this.#failures > 0) log.info({ failures: this.#failures }, "the key set for tokens can be fetched again");
      this.#failures = 0;
    } catch (error) {
      this.#fail((error as Error).message);
    }
  }

  #fail(reason: string): void {
    const { now, log } = this.#options;
    this.#failed += 1;
    this.#failures += 1;
    const pauseMs = this.#known ? Math.min(longestPauseMs, firstPauseMs * 2 ** (this.#failures - 1)) : emptyPauseMs;
    this.#pausedUntilMs = now() + pauseMs;
    // Every failure at first, then a few: 1, 2, 4, 8, …
    if ((this.#failures & (this.#failures - 1)) !== 0) return;
    const facts = { reason, failures: this.#failures, ageSeconds: this.ageSeconds };
    log.warn(facts, "the key set for tokens (--jwt-jwks-url) cannot be fetched");
  }
}
