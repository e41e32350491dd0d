import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { type Found, ok, type Patient, problem, warning } from "./finding.ts";

/** Files for TLS that are named by settings: that they can be read, belong together, and are valid now. */
export function checkTls({ tls }: Patient): readonly Found[] {
  const { cert, key, ca } = tls;
  if (cert === undefined && key === undefined && ca === undefined) return [ok("no files are named")];
  const certificates = cert === undefined ? [] : certificatesIn(cert, "--tls-cert");
  const keys = key === undefined ? [] : keyIn(key);
  const authorities = ca === undefined ? [] : certificatesIn(ca, "--tls-ca");
  const findings = [...certificates, ...keys, ...authorities].map((each) => each.found);
  const [certificate] = certificates.flatMap((each) => each.certificate ?? []);
  const [privateKey] = keys.flatMap((each) => each.key ?? []);
  if (certificate && privateKey && !certificate.checkPrivateKey(privateKey))
    findings.push(problem(`${key} is not the key of ${cert}; name those that were made together`));
  return findings;
}

function certificatesIn(
  file: string,
  flag: string,
): { readonly found: Found; readonly certificate?: X509Certificate }[] {
  const text = textOf(file, flag);
  if (typeof text !== "string") return [{ found: text }];
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0)
    return [{ found: problem(`${flag} ${file} has no certificate in PEM; name the right file`) }];
  return blocks.map((block) => {
    try {
      const certificate = new X509Certificate(block);
      return { found: ofTime(certificate, file), certificate };
    } catch (error) {
      return {
        found: problem(
          `${flag} ${file} has a certificate that cannot be read: ${(error as Error).message}; make it anew`,
        ),
      };
    }
  });
}

/** Whether a certificate is valid at a time, in milliseconds since 1970; near its end where less than a tenth of its time is left. */
export function ofTime(certificate: X509Certificate, file: string, now: number = Date.now()): Found {
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  const who = `${file} (${certificate.subject.replaceAll("\n", ", ") || "no subject"})`;
  if (now < from) return problem(`${who} is valid only from ${certificate.validFrom}; look at the clock`);
  if (now > to) return problem(`${who} has expired at ${certificate.validTo}; renew it`);
  const text = `${who} is valid until ${certificate.validTo}`;
  return (to - now) * 10 < to - from ? warning(`${text}, which is soon; renew it`) : ok(text);
}

function keyIn(file: string): { readonly found: Found; readonly key?: KeyObject }[] {
  const text = textOf(file, "--tls-key");
  if (typeof text !== "string") return [{ found: text }];
  try {
    const key = createPrivateKey(text);
    const isOpen = process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0;
    const found = isOpen
      ? warning(`${file} can be opened by others; chmod 600 ${file}`)
      : ok(`${file} is a key (${key.asymmetricKeyType})`);
    return [{ found, key }];
  } catch (error) {
    return [
      {
        found: problem(`--tls-key ${file} is no private key in PEM: ${(error as Error).message}; name the right file`),
      },
    ];
  }
}

function textOf(file: string, flag: string): string | Found {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    return problem(
      `${flag} ${file} cannot be read (${(error as NodeJS.ErrnoException).code}); correct the path or its rights`,
    );
  }
}
