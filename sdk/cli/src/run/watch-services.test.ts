import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@exosphere/testkit";
import { ServiceWatch } from "./watch-services.ts";

describe("the watch of services' files", () => {
  const folder = mkdtempSync(join(tmpdir(), "exo-watch-"));
  const changes: string[] = [];
  const watch = new ServiceWatch({
    changed: (role, file) => changes.push(`${role}: ${file}`),
    isRunning: () => true,
    remark: (text) => changes.push(text),
  });
  const directory = (role: string) => join(folder, role);
  const write = (role: string, file: string) => writeFileSync(join(directory(role), file), String(Math.random()));

  before(async () => {
    for (const role of ["users", "web"]) {
      for (const inner of ["src", "node_modules/x", ".git"])
        mkdirSync(join(directory(role), inner), { recursive: true });
      write(role, "src/a.ts");
    }
    await watch.follow(["users", "web"].map((role) => ({ role, directory: directory(role) })));
  });
  after(() => {
    watch.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => changes.splice(0));

  it("tells once of all that changes together", async () => {
    for (const file of ["src/a.ts", "src/b.ts", "src/c.ts"]) write("users", file);
    await eventually("a change", () => changes.length > 0);
    write("web", "src/a.ts");
    await eventually("another", () => changes.length > 1);
    assert.match(changes[0] ?? "", /^users: src\/[abc]\.ts$/);
    assert.deepEqual(changes.slice(1), ["web: src/a.ts"]);
  });

  it("tells nothing of what is no source", async () => {
    for (const file of [
      "node_modules/x/y.js",
      ".git/index",
      "service.yml",
      "data.sqlite-wal",
      "src/a.ts~",
      ".a.ts.swp",
    ])
      write("users", file);
    write("web", "src/z.ts");
    await eventually("the change behind these", () => changes.length > 0);
    assert.deepEqual(changes, ["web: src/z.ts"]);
  });

  it("tells nothing of folders that are followed no more", async () => {
    await watch.follow([{ role: "web", directory: directory("web") }]);
    write("users", "src/a.ts");
    write("web", "src/a.ts");
    await eventually("the change behind it", () => changes.length > 0);
    assert.deepEqual(changes, ["web: src/a.ts"]);
  });

  it("says once that a folder has too many files, and watches the others", async () => {
    mkdirSync(directory("photos"));
    for (let index = 0; index <= 5_000; index += 1) write("photos", `${index}.svg`);
    await watch.follow(["web", "photos"].map((role) => ({ role, directory: directory(role) })));
    write("photos", "0.svg");
    write("web", "src/a.ts");
    await eventually("the change of another service", () => changes.includes("web: src/a.ts"));
    assert.deepEqual(
      changes.filter((change) => change !== "web: src/a.ts"),
      ["photos has more than 5000 files: changes are not watched in its folder"],
    );
  });
});
