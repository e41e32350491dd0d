import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePorts } from "@exosphere/process";
import { eventually } from "@exosphere/testkit";

const entry = fileURLToPath(new URL("../sidecar/src/bin.ts", import.meta.url));
const namespace = ["--pid", "--fork", "--mount-proc", "--kill-child"];

/** The processes whose parent is this one, with their states: "Z" is a zombie. */
function childrenOf(parent: number): { readonly pid: number; readonly state: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const [state = "", ppid] = (readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1) ?? "").split(" ");
        return Number(ppid) === parent ? [{ pid: Number(pid), state }] : [];
      } catch {
        return []; // It ended meanwhile.
      }
    });
}

const isPossible = spawnSync("unshare", [...namespace, "true"]).status === 0;
const title = isPossible ? "" : " (needs a user that may make namespaces: sudo npm test -- e2e/first-process.test.ts)";

describe(`A sidecar that is process 1 of its container${title}`, function () {
  this.timeout(30_000);
  let launched: ChildProcess;

  before(function () {
    if (!isPossible) this.skip();
  });
  afterEach(() => void launched?.kill("SIGKILL"));

  it("buries the orphans of its app, passes on SIGTERM, and ends as it would otherwise", async () => {
    const ports = await freePorts(3);
    const [port, adminPort, broker] = ports.map(String) as [string, string, string];
    const app = "(sleep 0.05 & echo $! > /dev/null); (sleep 0.05 &); echo orphaned; exec sleep 1000";
    const settings = ["--role", "users", "--broker", `127.0.0.1:${broker}`, "--port", port, "--admin-port", adminPort];
    const command = [process.execPath, "--no-warnings", entry, ...settings, "--", "sh", "-c", app];
    launched = spawn("unshare", [...namespace, ...command], { stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface({ input: launched.stdout as NodeJS.ReadableStream });
    await new Promise<void>((resolve) => lines.on("line", (line) => line === "orphaned" && resolve()));
    const [first] = childrenOf(launched.pid as number);
    const init = first?.pid ?? assert.fail("no process 1");
    // Both orphans have ended, and nothing of them is left: the sidecar is the only child of process 1.
    await eventually("no zombies", () => {
      const children = childrenOf(init);
      return children.length === 1 && children[0]?.state !== "Z";
    });
    process.kill(init, "SIGTERM");
    const [code] = await once(launched, "exit");
    assert.equal(code, 0);
  });
});
