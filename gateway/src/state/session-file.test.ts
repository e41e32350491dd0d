import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SettingsError } from "@exosphere/settings";
import { SessionFile } from "./session-file.ts";

describe("the file of sessions", () => {
  it("is refused at start if it is damaged, with what to do", () => {
    const folder = mkdtempSync(join(tmpdir(), "exo-sessions-"));
    after(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "sessions.sqlite");
    writeFileSync(path, "This is not a database. ".repeat(1_000));
    const clock = { now: () => 0, wallMs: () => 0 };
    assert.throws(
      () => new SessionFile(path, clock, () => assert.fail()),
      (error: unknown) =>
        error instanceof SettingsError &&
        /^--state: .*sessions\.sqlite is damaged \(.+\): restore it, or move it away/.test(error.message),
    );
  });
});
