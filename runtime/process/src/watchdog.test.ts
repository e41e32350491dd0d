import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { groupGone, isGroupAlive, signalGroup } from "./process-group.ts";
import { SupervisedProcess } from "./supervised-process.ts";
import { Watchdog } from "./watchdog.ts";

const processModule = new URL("index.ts", import.meta.url).href;

/** Starts two guarded processes, one of which is stopped again, tells the ids, and waits to be killed. */
const launcher = `
  import { SupervisedProcess, Watchdog } from ${JSON.stringify(processModule)};
  const watchdog = new Watchdog();
  const start = () => new SupervisedProcess({ command: "sleep 1000 & wait", watchdog, onEvent() {} });
  const [kept, stopped] = [start(), start()];
  stopped.start();
  await stopped.stop();
  kept.start();
  console.log(kept.pid, watchdog.pid);
`;

describe("Watchdog", () => {
  const groups: number[] = [];

  afterEach(() =>
    groups.splice(0).forEach((group) => {
      signalGroup(group, "SIGKILL");
    }),
  );

  it("ends the guarded groups when this process is killed by SIGKILL", async () => {
    const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", launcher], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [output] = (await once(child.stdout, "data")) as [Buffer];
    const [group = 0, watchdog = 0] = String(output).trim().split(" ").map(Number);
    groups.push(group, watchdog);
    assert.ok(isGroupAlive(group) && isGroupAlive(watchdog));
    child.kill("SIGKILL");
    await Promise.all([groupGone(group), groupGone(watchdog)]);
  });

  it("ends by itself when it is closed and guards nobody", async () => {
    const watchdog = new Watchdog();
    const guarded = new SupervisedProcess({ command: "sleep 1000", watchdog, onEvent: () => {} });
    guarded.start();
    await guarded.stop();
    await watchdog.close();
    assert.equal(isGroupAlive(watchdog.pid as number), false);
  });
});
