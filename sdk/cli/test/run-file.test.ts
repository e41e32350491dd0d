import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { RunRecord } from "../src/run/run-record.ts";
import { ExoRun } from "./exo-run.fixture.ts";

const bin = fileURLToPath(new URL("../src/bin.ts", import.meta.url));
const example = fileURLToPath(new URL("../../../examples/languages", import.meta.url));

describe("an application that runs", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "exo-run-file-"));
  const file = join(folder, ".exosphere/run.json");
  let exo: ExoRun;

  before(async () => {
    cpSync(example, folder, { recursive: true });
    exo = new ExoRun([folder], { EXO_RUN_FILE: "true" });
    await exo.ready();
  });
  after(async () => {
    await exo.end("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  });

  const record = () => JSON.parse(readFileSync(file, "utf8")) as RunRecord;

  it("says where its parts are", async () => {
    const { application, broker, services } = record();
    assert.deepEqual([application, services.map(({ role }) => role)], ["languages", ["web", "greeter"]]);
    for (const url of [broker.adminUrl, ...services.map(({ sidecarAdminUrl }) => sidecarAdminUrl)])
      assert.equal((await fetch(`${url}/readyz`)).status, 200);
  });

  it("is found by other commands in its folder, and below", async () => {
    const tap = promisify(execFile)(process.execPath, [bin, "tap", "--count", "1", "--json"], {
      cwd: join(folder, "web"),
    });
    const [web] = record().services;
    const isDone = tap.then(() => true);
    // The command may not watch yet when the first request passes.
    while (!(await Promise.race([isDone, request(`${web?.sidecarUrl}/v1/request/greet`)])));
    assert.match((await tap).stdout, /"greet(ed)?"/);
  });

  it("is not run a second time", async () => {
    const again = new ExoRun([folder], { EXO_RUN_FILE: "true" });
    await again.until(/this application runs already, as process \d+ \(127\.0\.0\.1:\d+\)/);
    assert.equal(await again.exited(), 1);
  });

  it("is run anew where it was killed, whose file is left behind", async () => {
    exo.look();
    exo.kill();
    await exo.exited();
    assert.ok(existsSync(file));
    await assert.rejects(promisify(execFile)(process.execPath, [bin, "ps"], { cwd: folder }), {
      message: /no application runs in this folder or above it/,
    });
    const { pid } = record();
    exo = new ExoRun([folder, "--tap"], { EXO_RUN_FILE: "true" });
    await exo.ready();
    assert.notEqual(record().pid, pid);
  });

  it("prints what happens on the bus among the output, where that is wanted", async () => {
    const [web] = record().services;
    let isShown = false;
    const shown = exo.until(/^bus +\| .* greet .*\n(.*\n)*bus +\| .* greeted /m).then(() => {
      isShown = true;
    });
    // The tap may not be there yet when the first request passes.
    while (!isShown) await request(`${web?.sidecarUrl}/v1/request/greet`);
    await shown;
  });

  it("is forgotten when it ends", async () => {
    await exo.end("SIGTERM");
    assert.equal(existsSync(file), false);
  });
});

describe("applications that are started together", function () {
  this.timeout(60_000);
  const parent = mkdtempSync(join(tmpdir(), "exo-together-"));
  const runs: ExoRun[] = [];
  after(async () => {
    await Promise.all(runs.map((run) => run.end("SIGTERM")));
    rmSync(parent, { recursive: true, force: true });
  });

  it("do not take a port from one another", async () => {
    for (const name of ["one", "two", "three"]) {
      cpSync(example, join(parent, name), { recursive: true });
      runs.push(new ExoRun([join(parent, name)], { EXO_RUN_FILE: "true" }));
    }
    await Promise.all(runs.map((run) => run.ready()));
    const brokers = runs.map((run) => /broker online port=(\d+)/.exec(run.output)?.[1]);
    assert.equal(new Set(brokers).size, 3);
    assert.ok(runs.filter((run) => /port 4100 is taken: the broker takes a free one/.test(run.output)).length >= 2);
  });
});

async function request(url: string): Promise<false> {
  const response = await fetch(url, { method: "POST", body: '{"name":"Ada"}' });
  await response.arrayBuffer();
  return false;
}
