import assert from "node:assert/strict";
import type { ProcessClock } from "./clock.ts";
import type { ProcessEvent } from "./process-event.ts";
import { isGroupAlive } from "./process-group.ts";
import { SupervisedProcess, type SupervisedProcessOptions } from "./supervised-process.ts";

type Kind = ProcessEvent["kind"];
type EventOf<K extends Kind> = Extract<ProcessEvent, { kind: K }>;

/** A supervised process with its events, which tests can wait for. */
class Observed {
  readonly events: ProcessEvent[] = [];
  readonly supervised: SupervisedProcess;
  #wake: () => void = () => {};

  constructor(options: Omit<SupervisedProcessOptions, "onEvent">) {
    this.supervised = new SupervisedProcess({
      ...options,
      onEvent: (event) => {
        this.events.push(event);
        this.#wake();
      },
    });
    this.supervised.start();
    running.push(this.supervised);
  }

  of<K extends Kind>(kind: K): EventOf<K>[] {
    return this.events.filter((event): event is EventOf<K> => event.kind === kind);
  }

  get lines(): string[] {
    return this.of("line").map(({ text }) => text);
  }

  /** The nth event of a kind; mocha's timeout bounds the wait. */
  async event<K extends Kind>(kind: K, nth = 1): Promise<EventOf<K>> {
    for (;;) {
      const event = this.of(kind)[nth - 1];
      if (event) return event;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** A clock on which restarts happen when the test says so. */
class ManualClock implements ProcessClock {
  time = 0;
  #due: (() => void) | undefined;

  now(): number {
    return this.time;
  }

  after(_delayMs: number, callback: () => void): () => void {
    this.#due = callback;
    return () => {
      this.#due = undefined;
    };
  }

  elapse(): void {
    this.#due?.();
  }
}

const running: SupervisedProcess[] = [];
const node = (script: string): string[] => [process.execPath, "-e", script];
const idle = "setInterval(() => {}, 1000)";

describe("SupervisedProcess", () => {
  afterEach(() => Promise.all(running.splice(0).map((supervised) => supervised.stop(0))));

  it("runs a program with arguments, folder and environment, and reads both outputs as lines", async () => {
    const script =
      'console.log(process.cwd(), process.env.GREETING); console.error("warned"); process.stdout.write("rest")';
    const observed = new Observed({ command: node(script), cwd: "/", env: { GREETING: "hi" }, restart: false });
    const exited = await observed.event("exited");
    assert.deepEqual([exited.code, exited.signal, exited.expected], [0, null, false]);
    assert.deepEqual(observed.lines.sort(), ["/ hi", "rest", "warned"]);
    assert.equal(observed.of("line").find(({ text }) => text === "warned")?.stream, "stderr");
    assert.equal(observed.of("restarting").length, 0);
  });

  it("runs a text by the shell", async () => {
    const observed = new Observed({ command: 'echo "$((40 + 2))" | cat; exit 3', restart: false });
    assert.equal((await observed.event("exited")).code, 3);
    assert.deepEqual(observed.lines, ["42"]);
  });

  it("tells when the text that it waits for appears, even in a line that does not end", async () => {
    const script = `console.log("starting"); process.stdout.write("now online"); ${idle}`;
    const observed = new Observed({ command: node(script), onlineText: "online" });
    await observed.event("online");
    await observed.supervised.stop();
    assert.equal(observed.of("online").length, 1);
  });

  it("tells the signal that ended a process", async () => {
    const observed = new Observed({ command: 'kill -9 "$$"', restart: false });
    const { code, signal } = await observed.event("exited");
    assert.deepEqual([code, signal], [null, "SIGKILL"]);
  });

  it("tells that a program, a folder or an argument is impossible, and does not throw", async () => {
    for (const options of [{ command: ["no-such-program"] }, { command: "true", cwd: "/no/such/folder" }]) {
      const { error } = await new Observed({ ...options, restart: false }).event("failed");
      assert.equal((error as NodeJS.ErrnoException).code, "ENOENT");
    }
    assert.ok(await new Observed({ command: ["true", "\0"], restart: false }).event("failed"));
  });

  it("starts a crashed process again, later each time, and sooner after a long life", async () => {
    const clock = new ManualClock();
    const observed = new Observed({ command: "exit 7", clock, random: () => 0 });
    for (let life = 1; life <= 3; life++) {
      await observed.event("restarting", life);
      if (life === 3) clock.time += 1000;
      clock.elapse();
    }
    clock.time += 30_000;
    await observed.event("restarting", 4);
    const restarts = observed.of("restarting").map(({ delayMs, restarts }) => [delayMs, restarts]);
    assert.deepEqual(restarts.slice(0, 3), [[100, 1], [200, 2], [400, 3]]); // biome-ignore format: a table
    assert.deepEqual(restarts[3], [100, 1]);
    assert.equal(observed.of("started").length, 4);
  });

  it("says again that it is online after a restart", async () => {
    const observed = new Observed({ command: "echo online; sleep 0.01; exit 1", onlineText: "online" });
    await observed.event("online", 2);
  });

  it("stops by SIGTERM, without a restart", async () => {
    const script = `process.on("SIGTERM", () => { console.log("bye"); process.exit(0) }); console.log("up"); ${idle}`;
    const observed = new Observed({ command: node(script), onlineText: "up" });
    await observed.event("online");
    await observed.supervised.stop();
    const exited = await observed.event("exited");
    assert.deepEqual([exited.code, exited.expected], [0, true]);
    assert.deepEqual(observed.lines, ["up", "bye"]);
    assert.equal(observed.of("restarting").length, 0);
    assert.equal(observed.supervised.pid, undefined);
  });

  it("kills a process that ignores SIGTERM after the grace", async () => {
    const script = `process.on("SIGTERM", () => {}); console.log("up"); ${idle}`;
    const observed = new Observed({ command: node(script), onlineText: "up" });
    await observed.event("online");
    await observed.supervised.stop(50);
    assert.equal((await observed.event("exited")).signal, "SIGKILL");
  });

  it("leaves no grandchild behind, even one that ignores SIGTERM and outlives its parent", async () => {
    const grandchild = `process.on("SIGTERM", () => console.log("ignored")); console.log("up"); ${idle}`;
    const observed = new Observed({ command: `'${process.execPath}' -e '${grandchild}' & wait`, onlineText: "up" });
    await observed.event("online");
    const group = observed.supervised.pid as number;
    await observed.supervised.stop(50);
    assert.equal(isGroupAlive(group), false);
    assert.ok(observed.lines.includes("ignored"));
  });

  it("clears away who is left of a crashed process before it starts it again", async () => {
    const observed = new Observed({ command: "sleep 1000 & echo up; exit 1", onlineText: "up" });
    const { pid } = await observed.event("started");
    await observed.event("exited");
    assert.equal(isGroupAlive(pid), false);
  });

  it("calls a restart off when it is stopped meanwhile", async () => {
    const clock = new ManualClock();
    const observed = new Observed({ command: "exit 1", clock });
    await observed.event("restarting");
    await observed.supervised.stop();
    clock.elapse();
    observed.supervised.start();
    assert.equal(observed.of("started").length, 1);
  });

  it("shortens the grace when it is stopped a second time", async () => {
    const script = `process.on("SIGTERM", () => {}); console.log("up"); ${idle}`;
    const observed = new Observed({ command: node(script), onlineText: "up" });
    await observed.event("online");
    const first = observed.supervised.stop(60_000);
    await observed.supervised.stop(0);
    await first;
    assert.equal((await observed.event("exited")).signal, "SIGKILL");
  });
});
