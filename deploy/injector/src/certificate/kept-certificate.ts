import type { CertificateSource, OnCertificate } from "./certificate-source.ts";
import { type IssuedCertificate, issueCertificate } from "./issue-certificate.ts";
import { isIssuedFor, readPair, type ServingPair } from "./serving-pair.ts";

/** A certificate as it is kept for all replicas, in PEM. */
export interface StoredCertificate {
  readonly certificate: string;
  readonly key: string;
  /** The authorities to be trusted: that of the certificate first, then that of the one before it, which others may still serve. */
  readonly authorities: string;
}

/** Where all replicas keep the one certificate that they serve. */
export interface CertificateStore {
  /** What is kept, and its version. `stored` is undefined where there is nothing yet. */
  read(): Promise<{ readonly stored: StoredCertificate | undefined; readonly version: string | undefined }>;
  /** Keeps it if nothing else was kept since `version` was read. Resolves to whether it was. */
  write(stored: StoredCertificate, version: string | undefined): Promise<boolean>;
}

/** Who has to trust the certificate: the API server, by the configuration of the webhook. */
export interface TrustStore {
  /** Makes sure that these authorities are trusted. Resolves to whether anything had to be changed. */
  trust(authorities: string): Promise<boolean>;
}

/** How the certificate is kept. */
export interface KeptCertificateOptions {
  readonly store: CertificateStore;
  readonly trust: TrustStore;
  /** The names by which the API server calls. */
  readonly names: readonly string[];
  /** How long a certificate is valid, in milliseconds. It is renewed at two thirds of that. */
  readonly lifeMs: number;
  readonly onCertificate: OnCertificate;
  readonly log: Readonly<Record<"info" | "error", (facts: object, text: string) => void>>;
  readonly now: () => number;
  /** Calls `run` once, `delayMs` from now; returns what calls it off. */
  readonly after: (delayMs: number, run: () => void) => () => void;
}

/**
 * How often the certificate is looked at, in milliseconds: others renew it as well, and a configuration that is installed anew
 * trusts nobody. Two small requests each time.
 */
export const lookMs = 30_000;

/**
 * How long an authority has to be trusted before its certificate is served, in milliseconds: each API server learns of a changed
 * configuration by itself, in a second or less. A tenth of the life of a certificate where that is shorter.
 */
export const settleMs = 10_000;

/** How soon a failed look is repeated, in milliseconds. */
export const retryMs = 5_000;

/** Attempts to agree with other replicas within one look. More would mean that they never agree. */
const maxConflicts = 5;

/**
 * A certificate that the replicas of the webhook issue themselves, keep in one place and renew. They agree by optimistic locking:
 * whoever writes first has renewed it for all. The API server trusts the new authority beside the old one before anybody serves
 * the new certificate, so that no call fails meanwhile.
 */
export class KeptCertificate implements CertificateSource {
  renewals = 0;
  failures = 0;
  remarks: readonly string[] = [];
  readonly #options: KeptCertificateOptions;
  #current: ServingPair | undefined;
  /** The authorities that were last seen to be trusted, and since when. */
  #trusted: { readonly authorities: string; readonly sinceMs: number } | undefined;
  #isClosed = false;
  #cancel: () => void = () => {};

  constructor(options: KeptCertificateOptions) {
    this.#options = options;
  }

  get current(): ServingPair | undefined {
    return this.#current;
  }

  /** Looks for the first time. Resolves when that is done, whether or not there is a certificate now; it goes on to look. */
  async start(): Promise<void> {
    await this.#look();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel();
  }

  async #look(): Promise<void> {
    const { log, after } = this.#options;
    let nextMs = this.#atMost(retryMs);
    try {
      nextMs = await this.#synchronise();
      if (this.remarks.length > 0) log.info({}, "the certificate can be renewed again");
      this.remarks = [];
    } catch (error) {
      this.failures += 1;
      this.remarks = ["the certificate cannot be renewed at the moment; see the log"];
      log.error({ err: error }, "the certificate cannot be looked after");
    }
    if (!this.#isClosed) this.#cancel = after(nextMs, () => void this.#look());
  }

  /** Brings store, trust and server together. Resolves to when to look again, in milliseconds from now. */
  async #synchronise(): Promise<number> {
    const { store, trust, now } = this.#options;
    const stored = await this.#latest(store);
    const hasChanged = await trust.trust(stored.authorities);
    if (hasChanged || this.#trusted?.authorities !== stored.authorities)
      this.#trusted = { authorities: stored.authorities, sinceMs: now() };
    const soonMs = this.#atMost(lookMs);
    if (stored.certificate === this.#current?.certificate) return soonMs;
    // Without one that is valid, every call fails anyway.
    const isUrgent = this.#current === undefined || this.#current.untilMs <= now();
    const settledMs = (this.#trusted as { sinceMs: number }).sinceMs + this.#atMost(settleMs) - now();
    if (!isUrgent && settledMs > 0) return Math.min(settledMs, soonMs);
    this.#serve(readPair(stored.certificate, stored.key));
    return soonMs;
  }

  /** A time, shorter where certificates live shortly, so that their last third has room for all that has to happen. */
  #atMost(ms: number): number {
    return Math.min(ms, this.#options.lifeMs / 10);
  }

  /** The certificate that all replicas agree on: what is kept, or a new one where that is due. */
  async #latest(store: CertificateStore): Promise<StoredCertificate> {
    const { log } = this.#options;
    for (let attempt = 0; attempt < maxConflicts; attempt++) {
      const { stored, version } = await store.read();
      if (stored !== undefined && !this.#isDue(stored)) return stored;
      const issued = this.#issue(stored);
      if (await store.write(issued, version)) {
        log.info({ names: this.#options.names }, "issued a certificate");
        return issued;
      }
    }
    throw new Error(`another process changed the certificate ${maxConflicts} times while it was renewed`);
  }

  #issue(before: StoredCertificate | undefined): StoredCertificate {
    const { names, lifeMs, now } = this.#options;
    const issued: IssuedCertificate = issueCertificate({ names, fromMs: now(), untilMs: now() + lifeMs });
    const { certificate, key, authority } = issued;
    const [previous = ""] =
      before?.authorities.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----\n?/) ?? [];
    return { certificate, key, authorities: authority + previous };
  }

  /** At two thirds of its life, so that a third is left to try; and where what is kept is broken, or was made for other names. */
  #isDue({ certificate, key, authorities }: StoredCertificate): boolean {
    const { names, now, lifeMs } = this.#options;
    if (!isIssuedFor(certificate, names, authorities)) return true;
    try {
      return readPair(certificate, key).untilMs - now() <= lifeMs / 3;
    } catch {
      return true;
    }
  }

  #serve(pair: ServingPair): void {
    if (this.#current !== undefined) this.renewals += 1;
    this.#current = pair;
    this.#options.log.info({ until: new Date(pair.untilMs).toISOString() }, "serves with a certificate");
    this.#options.onCertificate(pair);
  }
}
