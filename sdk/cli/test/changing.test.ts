import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ShownRun } from "../src/run/control.ts";
import { ExoRun } from "./exo-run.fixture.ts";

const bin = fileURLToPath(new URL("../src/bin.ts", import.meta.url));
const repository = fileURLToPath(new URL("../../..", import.meta.url));
const languages = fileURLToPath(new URL("../../../examples/languages", import.meta.url));

/** A greeter that takes its time, ends at once when it is told to, and says of which version it is. */
const greeter = (version: string) => `
  const { createServer } = require("node:http");
  createServer((request, response) => {
    request.resume().on("end", () => setTimeout(() => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ reply: { name: "greeted", payload: { version: "${version}", pid: process.pid } } }));
    }, 20));
  }).listen(process.env.EXORELAY_PORT, "127.0.0.1", () => console.log("greeter online"));
`;

describe("an application that changes while it runs", function () {
  this.timeout(60_000);
  let folder: string;
  let exo: ExoRun;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "exo-changing-"));
    cpSync(join(languages, "web"), join(folder, "web"), { recursive: true });
    mkdirSync(join(folder, "greeter"));
    write("greeter/greeter.cjs", greeter("1"));
    write("greeter/service.yml", serviceYml("greeter"));
    write("application.yml", applicationYml());
    exo = new ExoRun(["--watch", folder], { EXO_RUN_FILE: "true" });
    await exo.ready();
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") console.log(exo.output);
    await exo.end("SIGTERM");
    assert.deepEqual(exo.leftovers, []);
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  const serviceYml = (name: string, sends = "[greeted]", receives = "[greet]") =>
    `type: private\nstartup: {command: node ${name}.cjs, online-text: ${name} online}\n` +
    `messages: {sends: ${sends}, receives: ${receives}}\n`;
  const applicationYml = (more = "", instances = 1) =>
    `name: changing\nservices:\n  web: {location: ./web}\n  greeter: {location: ./greeter, instances: ${instances}}\n${more}`;

  async function greet(): Promise<{ version: string; pid: number }> {
    const { services } = JSON.parse(readFileSync(join(folder, ".exosphere/run.json"), "utf8"));
    const web = services.find(({ role }: { role: string }) => role === "web").sidecarUrl;
    const response = await fetch(`${web}/v1/request/greet`, { method: "POST", body: "{}" });
    const answer = (await response.json()) as { payload: { version: string; pid: number } };
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer.payload;
  }

  function command(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    return new Promise((resolve) => {
      execFile(process.execPath, ["--no-warnings", bin, ...args], { cwd: folder }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
  }

  it("takes an edited file up while a hundred requests are under way, and loses none", async () => {
    const seen = new Set<string>();
    let isEdited = false;
    const caller = async () => {
      while (!seen.has("2") || !isEdited) seen.add((await greet()).version);
    };
    const callers = Promise.all(Array.from({ length: 100 }, caller));
    await greet();
    write("greeter/greeter.cjs", greeter("2"));
    isEdited = true;
    await callers;
    assert.deepEqual([...seen], ["1", "2"]);
    assert.match(exo.output, /greeter\.cjs of greeter has changed: starting it again/);
  });

  it("loses none either with the SDK, which takes its deliveries by the socket", async () => {
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(join(repository, "node_modules/@exosphere"), join(folder, "node_modules/@exosphere"));
    const sdkGreeter = (version: string) => `
      import { service } from "@exosphere/sdk";
      await service("greeter", {
        greet: async () => {
          await new Promise((done) => setTimeout(done, 20));
          return { name: "greeted", payload: { version: "${version}", pid: process.pid } };
        },
      }).ready();
      console.log("greeter online");
    `;
    write("greeter/greeter.mjs", sdkGreeter("s1"));
    write("greeter/service.yml", serviceYml("greeter").replace("greeter.cjs", "greeter.mjs"));
    while ((await greet()).version !== "s1");
    const seen = new Set<string>();
    const caller = async () => {
      while (!seen.has("s2")) seen.add((await greet()).version);
    };
    const callers = Promise.all(Array.from({ length: 100 }, caller));
    await greet();
    write("greeter/greeter.mjs", sdkGreeter("s2"));
    await callers;
    assert.deepEqual([...seen], ["s1", "s2"]);
  });

  it("says that an edit is broken, keeps messages waiting, and takes the next edit", async () => {
    write("greeter/greeter.cjs", "this is broken");
    await exo.until(/greeter ended with exit code 1 before it was up; the application runs without it/);
    const waiting = greet();
    write("greeter/greeter.cjs", greeter("3"));
    assert.equal((await waiting).version, "3");
  });

  it("starts what is added to application.yml and ends what is taken out, and shows both", async () => {
    mkdirSync(join(folder, "clock"));
    write("clock/clock.cjs", `console.log("clock online"); setInterval(() => {}, 1000);`);
    write("clock/service.yml", serviceYml("clock", "[]", "[]"));
    write("application.yml", applicationYml("  clock: {location: ./clock}\n", 2));
    await exo.until(/clock was added/);
    const { stdout } = await command("ps", "--json");
    const { instances, application } = JSON.parse(stdout) as ShownRun;
    assert.deepEqual(
      [application, instances.map(({ name }) => name)],
      ["changing", ["web", "greeter/1", "greeter/2", "clock"]],
    );
    assert.ok(
      instances.every(({ app, sidecar }) => app.kind === "up" && sidecar.kind === "up"),
      stdout,
    );
    const pids = new Set<number>();
    while (pids.size < 2) pids.add((await greet()).pid);
    write("application.yml", applicationYml());
    await exo.until(/clock was taken out, and has ended/);
    assert.match((await command("ps")).stdout, /^changing, run by process \d+\n\nname +state +pid +restarts +where\n/);
  });

  it("keeps running as it was while its files are broken", async () => {
    write("application.yml", "name: changing\nservices: {web: {loction: ./web}}\n");
    await exo.until(/did you mean location\?[\s\S]*what runs stays as it is/);
    assert.equal((await greet()).version, "1");
  });

  it("is stopped by a role, and as a whole", async () => {
    const nobody = await command("stop", "nobody");
    assert.deepEqual(
      [nobody.code, nobody.stderr],
      [1, "exo stop: The application has no service 'nobody' that runs.\n"],
    );
    assert.deepEqual(await command("stop", "greeter"), { code: 0, stdout: "greeter has ended\n", stderr: "" });
    const waiting = greet();
    write("greeter/greeter.cjs", greeter("4"));
    assert.equal((await waiting).version, "4");
    assert.deepEqual(await command("stop", "--json"), { code: 0, stdout: '{"stopped":"changing"}\n', stderr: "" });
    assert.equal(await exo.exited(), 0);
    const ps = await command("ps");
    assert.deepEqual(
      [ps.code, ps.stderr],
      [1, "exo ps: no application runs in this folder or above it: 'exo run' starts one\n"],
    );
  });
});

describe("an application that is broken when it is watched from its start", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "exo-broken-"));
  const app = join(folder, "greeter/greeter.cjs");
  let exo: ExoRun;

  before(() => {
    mkdirSync(join(folder, "greeter"));
    const startup = "startup: {command: node greeter.cjs, online-text: greeter online}";
    writeFileSync(join(folder, "greeter/service.yml"), `type: private\n${startup}\nmessages: {receives: [greet]}\n`);
    writeFileSync(join(folder, "application.yml"), "name: broken\nservices: {greeter: {location: ./greeter}}\n");
  });
  afterEach(async () => {
    await exo.end("SIGTERM");
    assert.deepEqual(exo.leftovers, []);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("runs without a service that ends, and starts it with the edit that mends it", async () => {
    writeFileSync(app, "this is broken");
    exo = new ExoRun(["--watch", folder]);
    await exo.until(/greeter ended with exit code 1 before it was up; the application runs without it/);
    await exo.ready();
    writeFileSync(app, greeter("1"));
    await exo.until(/^greeter +\| greeter online$/m);
  });

  it("takes an edit up while a service does not come up", async () => {
    writeFileSync(app, `console.log("never says it"); setInterval(() => {}, 1000);`);
    exo = new ExoRun(["--watch", folder]);
    await exo.until(/never says it/);
    // The watch may begin behind the first edit: there is a next one then.
    let edits = 0;
    const online = exo.ready().then(() => true);
    const pause = () => new Promise((done) => setTimeout(done, 300, false));
    while (!(await Promise.race([online, pause()]))) writeFileSync(app, `${greeter("1")} // ${edits++}`);
    assert.match(exo.output, /greeter\.cjs of greeter has changed: starting it again/);
  });

  it("takes a service.yml over while a service does not come up by the one before", async () => {
    const yml = join(folder, "greeter/service.yml");
    const right = readFileSync(yml, "utf8");
    writeFileSync(app, greeter("1"));
    writeFileSync(yml, right.replace("greeter online", "never said"));
    exo = new ExoRun(["--watch", folder], { EXO_ONLINE_TIMEOUT: "10m" });
    await exo.until(/^greeter +\| greeter online$/m);
    // The files may not be followed yet when they are written first.
    let versions = 0;
    const wrong = () => writeFileSync(yml, right.replace("greeter online", `never said ${versions++}`));
    const pause = () => new Promise((done) => setTimeout(done, 300));
    const starts = () => exo.output.match(/^greeter +\| greeter online$/gm)?.length ?? 0;
    while (starts() < 3) await pause().then(wrong);
    writeFileSync(yml, right);
    await exo.ready();
  });

  it("does not start without --watch", async () => {
    writeFileSync(app, "this is broken");
    exo = new ExoRun([folder]);
    assert.equal(await exo.exited(), 1);
    assert.match(exo.output, /greeter ended with exit code 1 before it was up\n$/);
  });
});
