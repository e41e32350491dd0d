import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nameOfFolder, newNameMistake } from "./names.ts";
import { writeFolder } from "./write-folder.ts";

describe("a folder that is written", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "exo-write-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const files = { "a.txt": "a", "b/c.txt": "c" };

  for (const folder of ["new", "deep/er", "."]) {
    it(`has all files where it is '${folder}'`, () => {
      const target = join(root, folder === "." ? "" : folder);
      writeFolder(target, files);
      assert.equal(readFileSync(join(target, "b/c.txt"), "utf8"), "c");
      assert.deepEqual(readdirSync(target).sort(), ["a.txt", "b"]);
    });
  }

  it("is left as it was where something is there, or a file cannot be written", () => {
    writeFileSync(join(root, "mine"), "");
    assert.throws(() => writeFolder(root, files), /is not empty/);
    assert.throws(() => writeFolder(join(root, "mine"), files), /is a file/);
    assert.throws(() => writeFolder(join(root, "x"), { a: "", "a/b": "" }), /ENOTDIR|EEXIST/);
    mkdirSync(join(root, "empty"));
    assert.throws(() => writeFolder(join(root, "empty"), { a: "", "a/b": "" }), /ENOTDIR|EEXIST/);
    assert.deepEqual([readdirSync(root).sort(), existsSync(join(root, "x"))], [["empty", "mine"], false]);
  });
});

describe("names of what is new", () => {
  it("are made of those of folders", () => {
    const names = { "My Shop": "my-shop", "2shops": "shops", été: "t", "": "application", "a_b.": "a-b" };
    for (const [folder, name] of Object.entries(names)) assert.equal(nameOfFolder(folder), name);
  });

  it("are refused where they would be no name of a folder and a host", () => {
    for (const name of ["", "A", "1a", "a b", "a.b", "../a", "a".repeat(64)])
      assert.match(newNameMistake(name) ?? "", /a-z/, name);
    assert.equal(newNameMistake("users-2"), undefined);
  });
});
