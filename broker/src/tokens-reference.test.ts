import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReferencePage } from "@exosphere/testkit/reference-page";
import { readAttachTokens } from "./tokens.ts";

describe("docs/reference/processes.md", () => {
  it("shows a file of attach tokens that can be read", () => {
    const [, example = ""] =
      /^```yaml\n(.+?)^```$/ms.exec(new ReferencePage("processes.md").section("Files with tokens")) ?? [];
    const folder = mkdtempSync(join(tmpdir(), "exo-tokens-"));
    try {
      const file = join(folder, "tokens.yml");
      writeFileSync(file, example);
      const tokens = readAttachTokens(file, "--attach-tokens");
      assert.deepEqual(Object.fromEntries(tokens), { web: ["qF3vq4Ck0w"], users: ["new-token", "old-token"] });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
