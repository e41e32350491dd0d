import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";

describe("The log of the SDK on stderr", () => {
  it("does not end the service when nobody reads it any more", async () => {
    const source = JSON.stringify(new URL("log.ts", import.meta.url).href);
    const program = `import { stderrLog } from ${source};
      const log = stderrLog("users");
      process.stdin.once("data", () => {
        log.warn("nobody reads this");
        setImmediate(() => setImmediate(() => process.stdout.write("alive")));
      });
      process.stdin.once("end", () => process.exit(0));
      process.stdout.write("ready");`;
    const args = ["--no-warnings", "--input-type=module", "-e", program];
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"] });
    try {
      await once(child.stdout, "data");
      child.stderr.destroy();
      await once(child.stderr, "close");
      child.stdin.write("go");
      const [said] = await once(child.stdout, "data");
      child.stdin.end();
      const [code] = await once(child, "exit");
      assert.deepEqual([String(said), code], ["alive", 0]);
    } finally {
      child.kill("SIGKILL");
    }
  });
});
