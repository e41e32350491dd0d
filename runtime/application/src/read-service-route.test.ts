import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readServiceRoute } from "./read-service-route.ts";

describe("readServiceRoute", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "exosphere-service-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(text: string): string {
    const file = join(folder, "service.yml");
    writeFileSync(file, text);
    return file;
  }

  it("reads a file, or the one in a folder", () => {
    const file = write("messages: { receives: [users.create], sends: [users.created] }");
    for (const path of [file, folder])
      assert.deepEqual(readServiceRoute("users", path), {
        receives: [{ name: "users.create" }],
        sends: ["users.created"],
        translations: [],
      });
  });

  it("translates a namespace", () => {
    const file = write("messages: { namespace: record, receives: [record.create], sends: [] }");
    assert.deepEqual(readServiceRoute("users", file).translations, [
      { public: "users.create", internal: "record.create" },
    ]);
  });

  it("takes an empty file for a role that says and hears nothing", () => {
    assert.deepEqual(readServiceRoute("users", write("")), { receives: [], sends: [], translations: [] });
  });

  it("names every mistake, with file and line", () => {
    const file = write("messages: { receives: 5 }\nmessage: {}\n");
    assert.throws(() => readServiceRoute("users", file), {
      name: "ApplicationError",
      message: /service\.yml:1:.*service\.yml:2:/s,
    });
    assert.throws(() => readServiceRoute("users", join(folder, "none.yml")), /none\.yml: does not exist/);
  });
});
