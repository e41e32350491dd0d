import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasOpenssl, selfSignedCertificate } from "@exosphere/testkit/test-certificates";
import { ofTime } from "./check-tls.ts";

const hourMs = 3_600_000;

describe("a certificate that is looked at", () => {
  (hasOpenssl ? it : it.skip)(
    `is valid, near its end, over, or not yet valid${hasOpenssl ? "" : " (not on this machine: apt-get install openssl)"}`,
    () => {
      const folder = mkdtempSync(join(tmpdir(), "exo-tls-"));
      try {
        const { certificateFile } = selfSignedCertificate(folder, "x");
        const certificate = new X509Certificate(readFileSync(certificateFile));
        const at = (hours: number) => {
          const { status, text } = ofTime(certificate, "x.crt", Date.parse(certificate.validFrom) + hours * hourMs);
          return `${status}: ${text}`;
        };
        assert.match(at(1), /^ok: x\.crt \(CN=x\) is valid until /);
        assert.match(at(23), /^warning: .*, which is soon; renew it$/);
        assert.match(at(25), /^problem: .* has expired at .*; renew it$/);
        assert.match(at(-1), /^problem: .* is valid only from .*; look at the clock$/);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});
