import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { targets } from "@exosphere/deploy";

const root = fileURLToPath(new URL("../..", import.meta.url));
const exo = fileURLToPath(new URL("../../sdk/cli/src/bin.ts", import.meta.url));

interface Checked {
  readonly outOfDate: readonly string[];
  readonly checkers: readonly { readonly name: string; readonly kind: string; readonly text?: string }[];
}

/** What `exo deploy --check --json` says, whatever its exit code is. */
async function check(target: string): Promise<Checked> {
  const args = ["deploy", target, "examples/space-tweet", "--out", `deploy/space-tweet/${target}`, "--check", "--json"];
  const run = promisify(execFile)(process.execPath, ["--disable-warning=ExperimentalWarning", exo, ...args], {
    cwd: root,
  });
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  return JSON.parse(stdout) as Checked;
}

for (const { name, checkers } of targets) {
  describe(`deploy/space-tweet/${name}`, function () {
    this.timeout(120_000);
    let checked: Checked;

    before(async () => {
      checked = await check(name);
    });

    it(`is what 'exo deploy ${name} examples/space-tweet --out deploy/space-tweet/${name}' writes`, () => {
      assert.deepEqual(checked.outOfDate, []);
    });

    for (const checker of checkers)
      it(`is right to ${checker.name} (skipped where it is absent: ${checker.install})`, function () {
        const { kind, text } = checked.checkers.find((each) => each.name === checker.name) ?? assert.fail(checker.name);
        if (kind === "absent") this.skip();
        assert.equal(kind, "ok", text);
      });
  });
}
