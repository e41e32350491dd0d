import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PortClaims } from "./port-claims.ts";
import { processStart } from "./process-start.ts";

describe("the claims of ports", () => {
  const folder = mkdtempSync(join(tmpdir(), "exo-claims-"));
  after(() => rmSync(folder, { recursive: true }));

  it("are one process's each, until it gives them back", () => {
    const first = new PortClaims(folder);
    const second = new PortClaims(folder);
    assert.deepEqual([first.claim(4100), second.claim(4100), second.claim(4300)], [true, false, true]);
    first.release(4300);
    assert.equal(first.claim(4300), false, "only one's own are given back");
    first.release();
    assert.equal(second.claim(4100), true);
    first.release();
    assert.equal(first.claim(4100), false, "nothing is given back twice");
    second.release();
    assert.deepEqual(readdirSync(folder), []);
  });

  it("are void where their process is no more, or its number is another's", function () {
    if (processStart(process.pid) === undefined) return this.skip(); // the system does not tell when a process began
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    for (const left of [`${pid} then`, `${process.pid} before`]) {
      writeFileSync(join(folder, "4100"), left);
      const claims = new PortClaims(folder);
      assert.equal(claims.claim(4100), true, left);
      claims.release();
    }
  });

  it("bar nobody where they cannot be written", () => {
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    assert.equal(new PortClaims(join(file, "below")).claim(4100), true);
  });
});
