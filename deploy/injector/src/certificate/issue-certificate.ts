import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { der } from "./der.ts";

/** A certificate with its key, and the authority that has signed it, all in PEM. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
}

/** What a certificate is made for. */
export interface CertificateRequest {
  /** The names by which clients call the server, the first of them the most specific. */
  readonly names: readonly string[];
  readonly fromMs: number;
  readonly untilMs: number;
}

const oids = {
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  commonName: "2.5.4.3",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
} as const;

/** Clocks of other machines may be behind by so much, in milliseconds. */
const clockSkewMs = 5 * 60_000;

/** Longest common name that a certificate may have (RFC 5280, ub-common-name). Clients look at the other names alone. */
const maxCommonName = 64;

/**
 * Issues a certificate for a server, signed by an authority that is made for it alone and whose key is then forgotten: nobody can
 * issue another one in its name. Keys are of the curve P-256 (RFC 5280, RFC 5480).
 */
export function issueCertificate({ names, fromMs, untilMs }: CertificateRequest): IssuedCertificate {
  const authority = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const server = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const life = der.sequence(der.time(new Date(fromMs - clockSkewMs)), der.time(new Date(untilMs)));
  // With a number, so that two authorities that are trusted at the same time are not taken for each other.
  const issuer = nameOf(`exo-injector authority ${randomBytes(4).toString("hex")}`);
  const issue = (subject: Buffer, subjectKey: KeyObject, extensions: readonly Buffer[]) =>
    certificateOf({ issuer, subject, life, subjectKey, signer: authority.privateKey, extensions });
  const authorityId = keyIdentifier(authority.publicKey);
  return {
    certificate: issue(nameOf((names[0] ?? "").slice(0, maxCommonName)), server.publicKey, [
      extension(oids.basicConstraints, der.sequence(), true),
      // digitalSignature
      extension(oids.keyUsage, der.bits(Buffer.from([0x80]), 7), true),
      extension(oids.extendedKeyUsage, der.sequence(der.oid(oids.serverAuth))),
      extension(oids.subjectAltName, der.sequence(...names.map((name) => der.primitive(2, Buffer.from(name))))),
      extension(oids.authorityKeyIdentifier, der.sequence(der.primitive(0, authorityId))),
    ]),
    key: server.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    authority: issue(issuer, authority.publicKey, [
      // An authority, whose certificates issue no others.
      extension(oids.basicConstraints, der.sequence(der.boolean(true), der.integer(Buffer.from([0]))), true),
      // keyCertSign
      extension(oids.keyUsage, der.bits(Buffer.from([0x04]), 2), true),
      extension(oids.subjectKeyIdentifier, der.octets(authorityId)),
    ]),
  };
}

interface CertificateParts {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly life: Buffer;
  readonly subjectKey: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
}

function certificateOf({ issuer, subject, life, subjectKey, signer, extensions }: CertificateParts): string {
  const algorithm = der.sequence(der.oid(oids.ecdsaWithSha256));
  const signed = der.sequence(
    der.context(0, der.integer(Buffer.from([2]))), // Version 3.
    der.integer(randomBytes(16)),
    algorithm,
    issuer,
    life,
    subject,
    subjectKey.export({ type: "spki", format: "der" }),
    der.context(3, der.sequence(...extensions)),
  );
  return pem(der.sequence(signed, algorithm, der.bits(sign("sha256", signed, signer))));
}

function nameOf(commonName: string): Buffer {
  return der.sequence(der.set(der.sequence(der.oid(oids.commonName), der.text(commonName))));
}

function extension(oid: string, value: Buffer, isCritical = false): Buffer {
  return der.sequence(der.oid(oid), ...(isCritical ? [der.boolean(true)] : []), der.octets(value));
}

/** Of the whole key with its algorithm: any number that is the same for a key will do (RFC 5280, section 4.2.1.2). */
function keyIdentifier(key: KeyObject): Buffer {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest()
    .subarray(0, 20);
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
