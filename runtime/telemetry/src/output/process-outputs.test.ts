import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { eventually, metricOf } from "@exosphere/testkit";

const program = fileURLToPath(new URL("logging-program.fixture.ts", import.meta.url));

/** 3,000 lines of 1 KiB: more than the 1 MiB that may wait and what pipes hold. */
const flood = "3000\n";

describe("the log of a process", () => {
  const started: ChildProcess[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill("SIGKILL");
  });

  /** Starts the program with `stdout`. Nothing reads a pipe unless the test does. */
  async function start(stdout: "pipe" | number) {
    const child = spawn(process.execPath, ["--no-warnings", program], { stdio: ["pipe", stdout, "pipe"] });
    started.push(child);
    const [port] = (await once(createInterface({ input: child.stderr as NodeJS.ReadableStream }), "line")) as [string];
    const admin = `http://127.0.0.1:${port}`;
    return {
      child,
      admin,
      write: (lines: string) => child.stdin?.write(lines),
      dropped: () => metricOf(admin, "exo_log_lines_dropped_total"),
      ready: async () => {
        const response = await fetch(`${admin}/readyz`);
        return { status: response.status, text: await response.text() };
      },
    };
  }

  /** Reads the lines of a process from now on. */
  function linesOf(child: ChildProcess): Record<string, unknown>[] {
    const lines: Record<string, unknown>[] = [];
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) =>
      lines.push(JSON.parse(line)),
    );
    return lines;
  }

  it("drops lines while nobody reads them, goes on working, and says so afterwards", async () => {
    const { child, write, dropped, ready } = await start("pipe");
    assert.deepEqual(await ready(), { status: 200, text: "ok\n" });
    write(flood);
    const lost = await eventually("dropped lines", async () => ((await dropped()) ?? 0) > 0 && dropped());
    const { status, text } = await ready();
    assert.equal(status, 200);
    assert.match(text, /^ok\nlog: stdout is not read; \d+ lines were dropped so far\n$/);
    const lines = linesOf(child);
    const told = await eventually("the line that tells", () => lines.find((line) => line.output === "stdout"));
    assert.deepEqual([told.level, told.dropped], ["warn", lost]);
    assert.equal(lines.length, 3000 - (lost as number) + 1);
    assert.deepEqual(await ready(), { status: 200, text: "ok\n" });
  });

  it("goes on without room on the disk, and says what is wrong", async function () {
    if (process.platform !== "linux") return this.skip();
    const full = openSync("/dev/full", "w");
    const { write, dropped, ready } = await start(full);
    closeSync(full);
    write(flood);
    await eventually("dropped lines", async () => ((await dropped()) ?? 0) > 0);
    const { status, text } = await ready();
    assert.equal(status, 200);
    assert.match(text, /log: stdout has no room left \(ENOSPC\); \d+ lines/);
  });

  it("goes on when its reader has gone", async () => {
    const { child, write, ready } = await start("pipe");
    child.stdout?.destroy();
    write("1\n");
    await eventually("the reason", async () => /no reader any more \(EPIPE\)/.test((await ready()).text));
    assert.equal((await ready()).status, 200);
  });

  it("reaches a slow reader with its last lines before the process exits", async () => {
    const { child, write } = await start("pipe");
    write("500\n");
    child.stdin?.end();
    const lines = linesOf(child);
    const [code] = await once(child, "close");
    assert.deepEqual([code, lines.length], [0, 500]);
  });

  it("does not keep a process from exiting whose log nobody reads", async () => {
    const { child, write } = await start("pipe");
    write(flood);
    child.stdin?.end();
    const [code] = await once(child, "exit");
    assert.equal(code, 0);
  });
});
