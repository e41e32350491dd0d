import assert from "node:assert/strict";
import { freePorts } from "@exosphere/process";
import { LogPrinter } from "./log-printer.ts";
import type { PlannedProcess } from "./planned-process.ts";
import type { ProcessPlan } from "./process-plan.ts";
import { RunningApplication } from "./run-application.ts";

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

  function launch(plan: Partial<ProcessPlan>, timeoutMs = 10_000) {
    const written: string[] = [];
    const output = { write: (text: string) => written.push(text.replace(/ +\| /, " ").trimEnd()) };
    const broker = stub("exocom");
    const shared = { broker: { address: "", adminUrl: "" } };
    const all: ProcessPlan = { broker, sidecars: [], services: [], addresses: [], shared, notStarted: [], ...plan };
    const printer = new LogPrinter({ output, names: [], useColours: false });
    const running = new RunningApplication({ plan: all, printer, timeoutMs });
    started.push(running);
    return { running, written };
  }

  afterEach(() => Promise.all(started.splice(0).map((running) => running.stop(0))));

  it("starts each process after what it needs and stops it before that", async () => {
    const { running, written } = launch({ sidecars: [stub("s")], services: [stub("a")] });
    await running.start();
    await running.stop(5000);
    assert.deepEqual(written, ["exocom up", "s up", "a up", "a ends", "s ends", "exocom ends"]);
  });

  it("stops what brings in work from outside before those who answer it", async () => {
    const { running, written } = launch({ sidecars: [stub("s"), stub("p", { isEntry: true })], services: [stub("a")] });
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
    const { running, written } = launch({ broker, services: [stub("a")] });
    await running.start();
    assert.deepEqual(written, ["exocom ready", "a up"]);
  });

  it("fails if a process ends before it is up, and does not start the next ones", async () => {
    const { running, written } = launch({ sidecars: [stub("s", { command: "exit 3" })], services: [stub("a")] });
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
    const { running } = launch({ services: [stub("a", { up: undefined })] });
    await running.start();
  });

  it("kills what does not end when it is asked to, and says so", async () => {
    const script = `process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000)`;
    const { running, written } = launch({ services: [stub("a", { command: [process.execPath, "-e", script] })] });
    await running.start();
    await running.stop(50);
    assert.ok(written.includes("exo a did not end when it was asked to, and was killed"));
  });
});
