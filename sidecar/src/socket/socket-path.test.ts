import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { socketPathMistakes } from "./socket-path.ts";

describe("the path of the unix socket", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "exo-socket-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("may be new, or absent", () => {
    assert.deepEqual(socketPathMistakes(join(folder, "new.sock")), []);
    assert.deepEqual(socketPathMistakes(undefined), []);
  });

  it("must not be that of a file, which is left alone", () => {
    const file = join(folder, "diary.txt");
    writeFileSync(file, "dear diary");
    assert.match(socketPathMistakes(file).join(), /^--socket: '.*diary\.txt' exists and is no socket; choose another$/);
    assert.ok(existsSync(file));
  });

  it("must be in a folder that exists, and short enough", () => {
    assert.match(socketPathMistakes(join(folder, "none", "x.sock")).join(), /is in no folder that exists/);
    assert.match(socketPathMistakes(`/tmp/${"x".repeat(100)}`).join(), /is too long for a unix socket \(103 bytes\)/);
  });
});
