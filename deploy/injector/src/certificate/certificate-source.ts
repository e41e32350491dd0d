import type { ServingPair } from "./serving-pair.ts";

/** Where the certificate of the webhook comes from. It may change at any time. */
export interface CertificateSource {
  /** The certificate to serve with. Undefined: there is none yet. */
  readonly current: ServingPair | undefined;
  /** What deserves a look although there is a certificate. */
  readonly remarks: readonly string[];
  /** Certificates that were taken over after the first. */
  readonly renewals: number;
  /** Attempts to renew, or to read a changed one, that failed. */
  readonly failures: number;
  close(): void;
}

/** Called with each certificate to serve with from now on. */
export type OnCertificate = (pair: ServingPair) => void;
