import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const sdk = JSON.stringify(new URL("../index.ts", import.meta.url).href);

/** A service that has no broker, whose process a server and an interval keep alive. */
const program = (more: string, options = "") => `
  import { createServer } from "node:http";
  import { service } from ${sdk};
  const options = { broker: "127.0.0.1:1", log: { debug() {}, info() {}, warn() {}, error() {} }, ${options} };
  const playing = service("users", {}, options);
  createServer(() => {}).listen(0, "127.0.0.1", () => console.log("up"));
  setInterval(() => {}, 1000);
  ${more}
`;

/** Ends a group of processes, if any of it is left. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // All of it has ended.
  }
}

describe("A process with a service", function () {
  this.timeout(30_000);
  let folder: string;
  const children: ChildProcess[] = [];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "exo-ending-"));
  });
  // With all that they have started: node --watch runs the program in a process of its own.
  afterEach(() => {
    for (const { pid = 0 } of children.splice(0)) endGroup(pid);
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Runs a program until it says that it is up. */
  async function run(text: string, ...flags: string[]) {
    const file = join(folder, `program-${children.length}-${text.length}.mjs`);
    writeFileSync(file, text);
    const child = spawn(process.execPath, ["--no-warnings", ...flags, file], {
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    children.push(child);
    const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
    let output = "";
    const until = async (pattern: RegExp, from = 0) => {
      while (!pattern.test(output.slice(from))) await once(child.stdout as NonNullable<typeof child.stdout>, "data");
    };
    child.stdout?.on("data", (chunk) => (output += String(chunk)));
    await until(/up\n/);
    return { child, exited, file, until, output: () => output };
  }

  for (const signal of ["SIGTERM", "SIGINT"] as const)
    it(`ends with 0 at ${signal}, although a server and an interval would keep it alive`, async () => {
      const { child, exited } = await run(program(""));
      child.kill(signal);
      assert.deepEqual(await exited, [0, null]);
    });

  it("ends with 1 past the grace, if what it waits for does not end", async () => {
    const { child, exited } = await run(program("", "graceMs: 200, afterAll: () => new Promise(() => {})"));
    child.kill("SIGTERM");
    assert.deepEqual(await exited, [1, null]);
  });

  it("ends once all of its services have, with one listener for all of them", async () => {
    const { child, exited, output } = await run(
      program(`
        process.on("warning", (warning) => console.log(String(warning)));
        for (let count = 0; count < 15; count += 1)
          service("r" + count, {}, { ...options, afterAll: () => new Promise((done) => setTimeout(() => { console.log("closed"); done(); }, 50)) });
      `),
    );
    child.kill("SIGTERM");
    assert.deepEqual(await exited, [0, null]);
    assert.equal(output().match(/closed/g)?.length, 15);
    assert.doesNotMatch(output(), /MaxListeners/);
  });

  it("is left to the program where that listens to the signal itself", async () => {
    const { child, exited } = await run(
      program(
        `process.once("SIGTERM", async () => { await playing.drain(); console.log("drained"); process.exit(7); });`,
      ),
    );
    child.kill("SIGTERM");
    assert.deepEqual(await exited, [7, null]);
  });

  it("leaves signals alone with signals: false, and once the service has left", async () => {
    const unowned = await run(program("", "signals: false"));
    unowned.child.kill("SIGTERM");
    assert.deepEqual(await unowned.exited, [null, "SIGTERM"]);
    const left = await run(program('playing.close(); console.log("left");'));
    await left.until(/left\n/);
    left.child.kill("SIGTERM");
    assert.deepEqual(await left.exited, [null, "SIGTERM"]);
  });

  it("writes its last lines before it ends", async () => {
    const { child, exited, output } = await run(
      program("", 'afterAll: () => { for (let n = 0; n < 2000; n += 1) console.log("line " + n); }'),
    );
    child.kill("SIGTERM");
    await exited;
    await new Promise((resolve) =>
      child.stdout?.readableEnded ? resolve(undefined) : child.stdout?.once("end", resolve),
    );
    assert.match(output(), /line 1999\n/);
  });

  it("starts again with each change under node --watch", async () => {
    const { file, until, output } = await run(program(""), "--watch");
    const from = output().length;
    writeFileSync(file, `${program("")}\n// changed`);
    await until(/up\n/, from);
  });
});
