import { generateKeyPairSync, sign } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** File with the public key by which tokens are verified. The benchmark does not have the private key. */
export function publicKeyFile(folder: string): string {
  const file = join(folder, "key.pem");
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-521" });
  writeFileSync(file, publicKey.export({ type: "spki", format: "pem" }));
  return file;
}

/** A token that another key has signed, with an algorithm that takes milliseconds to check: ES512. */
export function foreignToken(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-521" });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const text = `${part({ alg: "ES512" })}.${part({ sub: "nobody", iss: "i", aud: "a", exp })}`;
  const signature = sign("sha512", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}
