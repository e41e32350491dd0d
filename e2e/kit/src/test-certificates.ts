import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";

/** Whether certificates can be made on this machine. */
export const hasOpenssl = spawnSync("openssl", ["version"], { stdio: "ignore" }).error === undefined;

/** A certificate and its key, as files. */
export interface CertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** Makes a certificate for names and addresses that is its own root, good for a day, in a folder. */
export function selfSignedCertificate(folder: string, name: string, ...addresses: readonly string[]): CertificateFiles {
  const files = { certificateFile: join(folder, `${name}.crt`), keyFile: join(folder, `${name}.key`) };
  const names = [`DNS:${name}`, ...addresses.map((address) => `IP:${address}`)].join(",");
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"],
      ...["-subj", `/CN=${name}`, "-addext", `subjectAltName=${names}`],
      ...["-keyout", files.keyFile, "-out", files.certificateFile],
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  return files;
}
