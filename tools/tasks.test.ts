import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { manifestOf, root } from "./house.ts";
import { taskList, tasks } from "./tasks.ts";

describe("the tasks of the repository", () => {
  it("are the scripts of package.json, by the same names", () => {
    const scripts = Object.entries(manifestOf().scripts ?? {});
    assert.deepEqual(scripts.map(([name]) => name).sort(), Object.keys(tasks).sort());
    for (const [name, command] of scripts) assert.equal(command.replace(/^exec /, ""), `node tools/run.mjs ${name}`);
  });

  it("are listed where a name is wrong", () => {
    for (const name of ["tests", "toString", ""]) {
      const { status, stderr } = spawnSync(process.execPath, [join(root, "tools/run.mjs"), name], { encoding: "utf8" });
      assert.deepEqual([status, stderr], [64, `There is no task '${name}'.\n\n${taskList()}\n`]);
    }
  });
});
