import { readFileSync } from "node:fs";
import { QuietFiles, SettingsError, type WatchFiles, watchByPath } from "@exosphere/settings";
import type { Log } from "@exosphere/telemetry";
import type { CertificateSource, OnCertificate } from "./certificate-source.ts";
import { readPair, type ServingPair } from "./serving-pair.ts";

/** A certificate that somebody else puts into files and renews there, such as cert-manager. */
export interface CertificateFilesOptions {
  readonly certificate: string;
  readonly key: string;
  readonly log: Pick<Log, "info" | "error">;
  readonly onCertificate: OnCertificate;
  /** Default: by looking at their paths. */
  readonly watch?: WatchFiles;
  /** Calls `run` once, `delayMs` from now; returns what calls it off. Default: in real time. */
  readonly after?: (delayMs: number, run: () => void) => () => void;
}

/** Follows the files of a certificate. A broken change is refused, and the certificate that was read before stays. */
export class CertificateFiles implements CertificateSource {
  renewals = 0;
  failures = 0;
  remarks: readonly string[] = [];
  readonly #options: CertificateFilesOptions;
  readonly #files: QuietFiles;
  #current: ServingPair;

  /** Throws a SettingsError if the files hold no certificate with its key. */
  constructor(options: CertificateFilesOptions) {
    this.#options = options;
    this.#current = readFiles(options);
    const { certificate, key, watch = watchByPath, after = afterRealTime } = options;
    this.#files = new QuietFiles([certificate, key], { watch, after, onChanged: () => this.#reload() });
    options.onCertificate(this.#current);
  }

  get current(): ServingPair {
    return this.#current;
  }

  close(): void {
    this.#files.close();
  }

  #reload(): void {
    const { log, onCertificate } = this.#options;
    this.#files.wereRead();
    try {
      const found = readFiles(this.#options);
      this.remarks = [];
      if (found.certificate === this.#current.certificate && found.key === this.#current.key) return;
      this.#current = found;
      this.renewals += 1;
      log.info({ until: new Date(found.untilMs).toISOString() }, "took over a changed certificate");
      onCertificate(found);
    } catch (error) {
      this.failures += 1;
      this.remarks = ["the changed certificate is broken, the one before is in force; see the log"];
      log.error({ err: error }, "the changed certificate is broken, the one before stays");
    }
  }
}

/** Reads a certificate and its key. Throws a SettingsError that names the files. */
export function readFiles({ certificate, key }: Pick<CertificateFilesOptions, "certificate" | "key">): ServingPair {
  try {
    return readPair(readFileSync(certificate, "utf8"), readFileSync(key, "utf8"));
  } catch (error) {
    throw new SettingsError([`--tls-cert ${certificate}, --tls-key ${key}: ${(error as Error).message}`]);
  }
}

function afterRealTime(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs).unref();
  return () => clearTimeout(timer);
}
