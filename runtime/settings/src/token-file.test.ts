import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SettingsError } from "./settings-error.ts";
import { readBearerTokens } from "./token-file.ts";

describe("a file with a token", () => {
  const folder = mkdtempSync(join(tmpdir(), "exo-token-"));
  const file = join(folder, "token");
  after(() => rmSync(folder, { recursive: true }));

  const read = (text: string) => {
    writeFileSync(file, text);
    return readBearerTokens(file, "--token-file");
  };

  it("is read without the line end that editors put there", () => {
    assert.deepEqual(read("aZ09-._~+/==\n"), ["aZ09-._~+/=="]);
  });

  it("may have a new token and an old one, on a line each", () => {
    assert.deepEqual(read("new\r\n\n old \n"), ["new", "old"]);
  });

  for (const [what, text] of [
    ["nothing", ""],
    ["white space", " \n"],
    ["three lines", "a\nb\nc"],
    ["a space", "a b"],
    ["what no header can carry", "gr\u00fc\u00dfe"],
  ] as const)
    it(`must not have ${what}`, () => {
      assert.throws(
        () => read(text),
        (error) => error instanceof SettingsError && /--token-file/.test(error.message),
      );
    });
});
