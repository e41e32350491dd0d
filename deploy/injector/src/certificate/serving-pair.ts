import { createPrivateKey, X509Certificate } from "node:crypto";

/** A certificate and its key, as a TLS server takes them, in PEM. The certificate may be followed by intermediate ones. */
export interface ServingPair {
  readonly certificate: string;
  readonly key: string;
  /** When it ends, in milliseconds since 1970. */
  readonly untilMs: number;
}

/** Reads a certificate and its key. Throws an Error that says what is wrong with them, as the end of a sentence. */
export function readPair(certificate: string, key: string): ServingPair {
  const parsed = attempt(() => new X509Certificate(certificate), "the certificate is not PEM");
  const privateKey = attempt(() => createPrivateKey(key), "the key is not PEM without a passphrase");
  if (!parsed.checkPrivateKey(privateKey)) throw new Error("the key is not that of the certificate");
  return { certificate, key, untilMs: Date.parse(parsed.validTo) };
}

/**
 * Whether a certificate is for all of these names, and was issued by the first of some authorities in PEM. False for what is no
 * certificate at all.
 */
export function isIssuedFor(certificate: string, names: readonly string[], authorities: string): boolean {
  try {
    const parsed = new X509Certificate(certificate);
    const authority = new X509Certificate(authorities);
    const isIssued = parsed.checkIssued(authority) && parsed.verify(authority.publicKey);
    return isIssued && names.every((name) => parsed.checkHost(name) !== undefined);
  } catch {
    return false;
  }
}

function attempt<Value>(parse: () => Value, mistake: string): Value {
  try {
    return parse();
  } catch (error) {
    throw new Error(`${mistake} (${(error as Error).message})`, { cause: error });
  }
}
