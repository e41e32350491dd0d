import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SettingsError } from "@exosphere/settings";
import { collectingLog } from "@exosphere/telemetry";
import { CertificateFiles } from "./certificate-files.ts";
import { issueCertificate } from "./issue-certificate.ts";
import type { ServingPair } from "./serving-pair.ts";

describe("a certificate in files", () => {
  const folder = mkdtempSync(join(tmpdir(), "exo-certificate-"));
  const [certificate, key] = [join(folder, "tls.crt"), join(folder, "tls.key")];
  after(() => rmSync(folder, { recursive: true }));

  let served: ServingPair[];
  let files: CertificateFiles;
  let touch: () => void;
  let wait: () => void;

  const write = (untilMs: number) => {
    const issued = issueCertificate({ names: ["a"], fromMs: Date.now(), untilMs });
    writeFileSync(certificate, issued.certificate);
    writeFileSync(key, issued.key);
  };
  const changed = () => {
    touch();
    wait();
  };

  beforeEach(() => {
    write(Date.now() + 60_000);
    served = [];
    files = new CertificateFiles({
      certificate,
      key,
      log: collectingLog().log,
      onCertificate: (pair) => served.push(pair),
      watch(_, onChange) {
        touch = onChange;
        return () => {};
      },
      after(_, run) {
        wait = run;
        return () => {};
      },
    });
  });
  afterEach(() => files.close());

  it("is served, and a changed one from then on", () => {
    assert.equal(served.length, 1);
    changed();
    assert.equal(served.length, 1, "nothing has changed");
    write(Date.now() + 3_600_000);
    changed();
    assert.equal(served.length, 2);
    assert.ok(files.current.untilMs > Date.now() + 3_000_000);
    assert.equal(files.renewals, 1);
  });

  it("stays where a changed one is broken, until that is right again", () => {
    writeFileSync(key, "half a k");
    changed();
    assert.equal(served.length, 1);
    assert.equal(files.failures, 1);
    assert.equal(files.remarks.length, 1);
    write(Date.now() + 3_600_000);
    changed();
    assert.equal(served.length, 2);
    assert.deepEqual(files.remarks, []);
  });

  it("is refused at the start where it is broken, by the names of the files", () => {
    writeFileSync(certificate, "nothing");
    const open = () => new CertificateFiles({ certificate, key, log: collectingLog().log, onCertificate: () => {} });
    assert.throws(open, (error) => error instanceof SettingsError && error.message.includes(certificate));
  });
});
