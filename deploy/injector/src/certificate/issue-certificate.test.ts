import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { der } from "./der.ts";
import { issueCertificate } from "./issue-certificate.ts";
import { isIssuedFor, readPair } from "./serving-pair.ts";

const hourMs = 3_600_000;
const now = Date.now();
const names = ["exo-injector.exosphere.svc", "localhost"];
const issue = () => issueCertificate({ names, fromMs: now, untilMs: now + hourMs });

describe("a certificate that the injector issues", () => {
  it("is for its names and its time, and signed by its authority alone", () => {
    const { certificate, key, authority } = issue();
    const [parsed, issuer] = [new X509Certificate(certificate), new X509Certificate(authority)];
    assert.equal(parsed.subjectAltName, names.map((name) => `DNS:${name}`).join(", "));
    assert.ok(parsed.checkIssued(issuer) && parsed.verify(issuer.publicKey));
    assert.ok(!parsed.ca && issuer.ca);
    assert.equal(readPair(certificate, key).untilMs, Math.floor((now + hourMs) / 1000) * 1000);
    assert.ok(Date.parse(parsed.validFrom) < now - 60_000, "clocks of others may be behind");
    assert.ok(isIssuedFor(certificate, names, authority));
    assert.ok(!isIssuedFor(certificate, names, issue().authority));
    assert.ok(!isIssuedFor(certificate, ["other.exosphere.svc"], authority));
    assert.ok(!isIssuedFor("no certificate", names, authority));
  });

  it("has a key and a number of its own", () => {
    const [one, other] = [issue(), issue()];
    assert.notEqual(
      new X509Certificate(one.certificate).serialNumber,
      new X509Certificate(other.certificate).serialNumber,
    );
    assert.throws(() => readPair(one.certificate, other.key), /the key is not that of the certificate/);
    assert.throws(() => readPair("x", other.key), /the certificate is not PEM/);
    assert.throws(() => readPair(one.certificate, "x"), /the key is not PEM/);
  });

  const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
  (hasOpenssl ? it : it.skip)(
    `is accepted by OpenSSL in its strict mode${hasOpenssl ? "" : ": needs openssl (apt-get install openssl)"}`,
    () => {
      const folder = mkdtempSync(join(tmpdir(), "exo-issued-"));
      try {
        const { certificate, authority } = issue();
        writeFileSync(join(folder, "ca.pem"), authority);
        writeFileSync(join(folder, "leaf.pem"), certificate);
        const checks = ["-x509_strict", "-purpose", "sslserver", "-verify_hostname", names[0] as string];
        const args = ["verify", ...checks, "-CAfile", "ca.pem", "leaf.pem"];
        const { stdout, stderr } = spawnSync("openssl", args, { cwd: folder, encoding: "utf8" });
        assert.equal(`${stdout}${stderr}`, "leaf.pem: OK\n");
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});

describe("DER", () => {
  it("writes lengths, numbers and identifiers as the standard has them", () => {
    const hex = (bytes: Buffer) => bytes.toString("hex");
    assert.equal(hex(der.integer(Buffer.from([0, 0, 0x80]))), "02020080");
    assert.equal(hex(der.integer(Buffer.from([0, 0]))), "020100");
    assert.equal(hex(der.oid("1.2.840.10045.4.3.2")), "06082a8648ce3d040302");
    assert.equal(hex(der.octets(Buffer.alloc(200))).slice(0, 6), "0481c8");
    assert.equal(hex(der.octets(Buffer.alloc(300))).slice(0, 8), "0482012c");
    assert.equal(der.time(new Date("2049-12-31T23:59:59.999Z")).subarray(2).toString(), "491231235959Z");
    assert.equal(der.time(new Date("2050-01-01T00:00:00Z")).subarray(2).toString(), "20500101000000Z");
  });

  it("writes any length so that it can be read back", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 70_000 }), (length) => {
        const bytes = der.octets(Buffer.alloc(length));
        const first = bytes[1] as number;
        const count = first < 0x80 ? 0 : first & 0x7f;
        const read = count === 0 ? first : bytes.readUIntBE(2, count);
        assert.equal(read, length);
        assert.equal(bytes.length, 2 + count + length);
      }),
    );
  });
});
