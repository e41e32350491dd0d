import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applicationFolder } from "./application-folder.ts";

describe("applicationFolder", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "exo-folder-"));
    mkdirSync(join(root, "app", "web", "src"), { recursive: true });
    writeFileSync(join(root, "app", "application.yml"), "name: x");
  });

  afterEach(() => rmSync(root, { recursive: true }));

  it("is the nearest one upwards that has an application.yml", () => {
    for (const path of ["app", "app/web", "app/web/src"])
      assert.equal(applicationFolder(undefined, join(root, path)), join(root, "app"));
  });

  it("is the one that was named, whatever is around it", () => {
    assert.equal(applicationFolder("web", join(root, "app")), join(root, "app", "web"));
    assert.equal(applicationFolder("/elsewhere", root), "/elsewhere");
  });

  it("is the current folder where there is no application", () => {
    assert.equal(applicationFolder(undefined, root), root);
  });
});
