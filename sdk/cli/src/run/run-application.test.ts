import assert from "node:assert/strict";
import { freePorts } from "@exosphere/process";
import { LogPrinter } from "./log-printer.ts";
import type { PlannedProcess } from "./planned-process.ts";
import type { ProcessPlan } from "./process-plan.ts";
import { type RunApplicationOptions, RunningApplication } from "./run-application.ts";

/** A process that says when it starts and when it is asked to end. */
function stub(name: string, facts: Partial<PlannedProcess> = {}): PlannedProcess {
  const script = `process.on("SIGTERM", () => { console.log("ends"); process.exit() }); console.log("up"); setInterval(() => {}, 1000)`;
  return {
    name,
    logsJson: false,
    command: [process.execPath, "-e", script],
    cwd: ".",
    env: process.env,
    up: { onlineText: "up" },
    ...facts,
  };
}

describe("RunningApplication", () => {
  const started: RunningApplication[] = [];

  /** What a test starts: each sidecar and each app by itself, as nothing here needs both. */
  interface Stubs extends Partial<Pick<ProcessPlan, "broker" | "gateway">> {
    readonly instances?: readonly (readonly [sidecar: PlannedProcess, app: PlannedProcess])[];
  }

  function planOf({ broker = stub("exocom"), gateway, instances = [] }: Stubs): ProcessPlan {
    const address = { name: "a", role: "a", sidecarUrl: "", sidecarAdminUrl: "", socket: "" };
    return {
      broker,
      gateway,
      dashboard: undefined,
      instances: instances.map(([sidecar, app]) => ({ role: "a", sidecar, app, address })),
      shared: { broker: { address: "", adminUrl: "" } },
      notStarted: [],
    };
  }

  function launch(stubs: Stubs, timeoutMs = 10_000, hold?: RunApplicationOptions["hold"]) {
    const written: string[] = [];
    const output = { write: (text: string) => written.push(text.replace(/ +\| /, " ").trimEnd()) };
    const printer = new LogPrinter({ output, names: [], useColours: false });
    const plan = planOf(stubs);
    const running = new RunningApplication({ plan, printer, timeoutMs, graceMs: 5000, ...(hold && { hold }) });
    started.push(running);
    return { running, written, plan };
  }

  afterEach(() => Promise.all(started.splice(0).map((running) => running.stop(0))));

  it("starts each process after what it needs and stops it before that", async () => {
    const { running, written } = launch({ instances: [[stub("s"), stub("a")]] });
    await running.start();
    await running.stop(5000);
    assert.deepEqual(written, ["exocom up", "s up", "a up", "a ends", "s ends", "exocom ends"]);
  });

  it("stops what brings in work from outside before those who answer it", async () => {
    const { running, written } = launch({ gateway: stub("p", { isEntry: true }), instances: [[stub("s"), stub("a")]] });
    await running.start();
    await running.stop(5000);
    assert.deepEqual(written.slice(-4), ["p ends", "a ends", "s ends", "exocom ends"]);
  });

  it("waits for an admin port to say that a process is ready", async () => {
    const [port] = await freePorts(1);
    const script = `let asked = 0; require("http").createServer((_, response) => {
      response.statusCode = ++asked < 3 ? 503 : 200;
      response.end();
      if (asked === 3) console.log("ready");
    }).listen(${port})`;
    const broker = stub("exocom", {
      command: [process.execPath, "-e", script],
      up: { readyUrl: `http://127.0.0.1:${port}/readyz` },
    });
    const { running, written } = launch({ broker, instances: [[stub("s"), stub("a")]] });
    await running.start();
    assert.deepEqual(written, ["exocom ready", "s up", "a up"]);
  });

  it("fails if a process ends before it is up, and does not start the next ones", async () => {
    const { running, written } = launch({ instances: [[stub("s", { command: "exit 3" }), stub("a")]] });
    await assert.rejects(running.start(), { name: "StartError", message: "s ended with exit code 3 before it was up" });
    await running.stop(5000);
    assert.deepEqual(written, ["exocom up", "exocom ends"]);
  });

  it("fails if a program is not there", async () => {
    const { running } = launch({ broker: stub("exocom", { command: ["no-such-program"] }) });
    await assert.rejects(running.start(), { message: /exocom could not be started: .*ENOENT/ });
  });

  it("fails if a process is not up in time", async () => {
    const readyUrl = `http://127.0.0.1:${(await freePorts(1))[0]}/readyz`;
    const { running } = launch({ broker: stub("exocom", { up: { readyUrl } }) }, 50);
    await assert.rejects(running.start(), {
      message: /exocom did not come up: .*readyz did not answer 200 within 0.05 s/,
    });
  });

  it("takes a process without a sign for up once it runs", async () => {
    const { running } = launch({ instances: [[stub("s"), stub("a", { up: undefined })]] });
    await running.start();
  });

  it("kills what does not end when it is asked to, and says so", async () => {
    const script = `process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000)`;
    const { running, written } = launch({
      instances: [[stub("s"), stub("a", { command: [process.execPath, "-e", script] })]],
    });
    await running.start();
    await running.stop(50);
    assert.ok(written.includes("exo a did not end when it was asked to, and was killed"));
  });

  it("becomes what another plan says: new ones start, those that are gone end, the others stay", async () => {
    const { running, written, plan } = launch({ instances: [[stub("s"), stub("a")]] });
    await running.start();
    const pid = running.stateOf("s")?.pid;
    const other = stub("a", { env: { ...process.env, CHANGED: "1" } });
    const next = planOf({
      broker: plan.broker,
      instances: [
        [stub("s"), other],
        [stub("s2"), stub("b")],
      ],
    });
    await running.change(next);
    assert.deepEqual([written[3], written[4], written.slice(5).sort()], ["a ends", "s2 up", ["a up", "b up"]]);
    assert.equal(running.stateOf("s")?.pid, pid);
    await running.change(planOf({ broker: plan.broker }));
    assert.equal(running.stateOf("s"), undefined);
    assert.equal(running.stateOf("exocom")?.kind, "up");
  });

  it("exchanges an app while its deliveries are held back, also when the new one does not come up", async () => {
    const held: boolean[] = [];
    const { running, written, plan } = launch({ instances: [[stub("s"), stub("a")]] }, 10_000, async (_, isHeld) => {
      held.push(isHeld);
    });
    await running.start();
    const [instance] = plan.instances;
    assert.ok(instance);
    await running.exchange(instance);
    assert.deepEqual(written.slice(3), ["a ends", "a up"]);
    await running.exchange({ ...instance, app: stub("a", { command: "exit 3" }) });
    assert.equal(written.at(-1), "exo a ended with exit code 3 before it was up; the application runs without it");
    assert.equal(running.stateOf("a")?.kind, "failed");
    await running.exchange(instance);
    assert.equal(running.stateOf("a")?.kind, "up");
    assert.deepEqual(held, [true, false, true, false, true, false]);
  });

  it("stops the apps of a role, and starts them again with the next change", async () => {
    const { running, plan } = launch({ instances: [[stub("s"), stub("a")]] });
    await running.start();
    assert.deepEqual([await running.stopService("a"), await running.stopService("b")], [true, false]);
    assert.equal(running.stateOf("a"), undefined);
    await running.change(plan);
    assert.equal(running.stateOf("a")?.kind, "up");
  });
});
