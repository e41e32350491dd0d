import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { requireNode } from "./require-node.ts";

describe("the Node that commands need", () => {
  it("is there where the version is high enough", () => {
    for (const version of ["22.15.0", "22.21.1", "24.0.0", "100.1.2"]) requireNode(version);
  });

  for (const version of ["20.20.2", "22.14.9"]) {
    it(`is asked for on ${version}`, () => {
      const module = new URL("require-node.ts", import.meta.url).href;
      const script = `import { requireNode } from "${module}"; requireNode("${version}"); console.log("on");`;
      const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
        encoding: "utf8",
      });
      assert.deepEqual([status, stdout], [1, ""]);
      assert.match(stderr, new RegExp(`needs Node 22\\.15 or newer; it runs on Node ${version}`));
    });
  }
});
