import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("../src/bin.ts", import.meta.url));

/** Runs `exo …` with the shell's redirections, and returns how that ended. */
function shell(command: string) {
  const { status, stderr } = spawnSync("bash", ["-c", `set -o pipefail; ${command}`], {
    encoding: "utf8",
    env: { ...process.env, EXO: `${process.execPath} --disable-warning=ExperimentalWarning ${entry}` },
  });
  return { status, stderr };
}

describe("exo commands whose output is not taken", () => {
  it("end without a word when their reader has gone, as in 'exo --help | head'", () => {
    assert.deepEqual(shell("$EXO --help | true"), { status: 0, stderr: "" });
  });

  it("say that the disk is full, and fail", function () {
    if (process.platform !== "linux") return this.skip();
    const { status, stderr } = shell("$EXO --help > /dev/full");
    assert.match(stderr, /^exo: the output could not be written: ENOSPC/);
    assert.equal(status, 1);
  });
});
