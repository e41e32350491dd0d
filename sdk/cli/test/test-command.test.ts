import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestResult } from "../src/testing/service-test.ts";
import { exo } from "./exo-command.fixture.ts";
import { stillRunning } from "./process-tree.fixture.ts";

const bin = fileURLToPath(new URL("../src/bin.ts", import.meta.url));

/** Tests of a service that takes POST /run, beside its mock: the service and its test in one process. */
const greeterTest = `
  import { createServer } from "node:http";
  const { EXORELAY_PORT, EXO_MOCK_URL, ROLE, EXOCOM_PORT, GREETING } = process.env;
  const server = createServer((request, response) => {
    response.end(JSON.stringify({ reply: { name: "greeted", payload: GREETING } }));
  }).listen(EXORELAY_PORT, "127.0.0.1", async () => {
    const body = JSON.stringify({ name: "greet", payload: {} });
    const response = await fetch(EXO_MOCK_URL + "/mock/request", { method: "POST", body });
    const { name, payload } = await response.json();
    console.log(ROLE, name, payload, EXO_MOCK_URL.endsWith(":" + EXOCOM_PORT));
    server.close();
    process.exitCode = name === "greeted" ? 0 : 1;
  });
`;

const node = `'${process.execPath}'`;

/** Starts a process that outlives the command, unless somebody ends it, and says its pid. */
const slowTest = `
  import { spawn } from "node:child_process";
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  console.log("pids " + process.pid + " " + child.pid);
  setInterval(() => {}, 1000);
`;

const files = {
  "application.yml":
    "name: x\nservices: { greeter: { location: greeter }, wrong: { location: wrong }, none: { location: none }, image: { docker-image: x } }",
  "greeter/service.yml": `tests: { command: ${JSON.stringify(`${node} test.mjs`)}, mock: true }
environment: { GREETING: hello }
messages: { receives: [greet], sends: [greeted] }`,
  "greeter/test.mjs": greeterTest,
  "wrong/service.yml": 'tests: "echo about to fail >&2; exit 3"',
  "none/service.yml": "",
  "slow/application.yml": "name: slow\nservices: { slow: { location: . }, later: { location: . } }",
  "slow/service.yml": `tests: { command: ${JSON.stringify(`${node} test.mjs`)}, timeout: 60s }`,
  "slow/test.mjs": slowTest,
  "empty/application.yml": "name: empty\nservices: { none: { location: ../none } }",
};

describe("exo test", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "exo-test-"));
  let child: ChildProcess | undefined;

  before(() => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  });
  after(() => {
    child?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  it("runs the tests of each service in its folder, with a mock where they ask for one", async () => {
    const { code, stdout } = await exo(["test"], { cwd: folder });
    assert.match(stdout, /^greeter \| greeter greeted hello true$/m);
    assert.match(stdout, /^wrong {3}\| about to fail$/m);
    const summary = stdout.slice(stdout.indexOf("\n\n") + 2).replaceAll(/\d+\.\d s/g, "N s");
    assert.equal(
      summary,
      [
        "greeter  passed after N s",
        "wrong    failed after N s: ended with exit code 3",
        "none     has no tests",
        "image    has no tests",
        "1 passed, 1 failed, 2 without tests",
        "",
      ].join("\n"),
    );
    assert.equal(code, 1);
  });

  it("tests one service alone, and several at once", async () => {
    for (const cwd of [folder, join(folder, "none")]) {
      const { code, stdout } = await exo(["test", "greeter"], { cwd });
      assert.deepEqual([code, stdout.split("\n").at(-2)], [0, "1 passed, 0 failed"]);
    }
    const all = await exo(["test", folder, "--jobs", "4", "--json"]);
    const { services, ...counts } = JSON.parse(all.stdout) as { services: TestResult[] };
    assert.deepEqual(counts, { passed: 1, failed: 1, withoutTests: 2 });
    assert.deepEqual(
      services.map(({ role, outcome, exitCode }) => [role, outcome, exitCode]),
      [
        ["greeter", "passed", 0],
        ["wrong", "failed", 3],
        ["none", "none", undefined],
        ["image", "none", undefined],
      ],
    );
    assert.match(all.stderr, /about to fail/);
  });

  it("ends tests that take too long, with all that they started", async () => {
    writeFileSync(join(folder, "slow/service.yml"), files["slow/service.yml"].replace("60s", "1s"));
    const { code, stdout } = await exo(["test", join(folder, "slow"), "slow"]);
    assert.equal(code, 1);
    assert.match(stdout, /slow {2}failed after \d+\.\d s: did not end within 1 s\n0 passed, 1 failed\n$/);
    assert.deepEqual(stillRunning(pidsIn(stdout)), []);
    writeFileSync(join(folder, "slow/service.yml"), files["slow/service.yml"]);
  });

  it("ends all of it at a signal, and starts no further tests", async () => {
    child = spawn(process.execPath, ["--no-warnings", bin, "test", join(folder, "slow")], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    const hasStarted = Promise.withResolvers<void>();
    child.stdout?.on("data", (chunk: Buffer) => {
      stdout += String(chunk);
      if (/pids \d+ \d+\n/.test(stdout)) hasStarted.resolve();
    });
    await hasStarted.promise;
    child.kill("SIGTERM");
    const [code] = await once(child, "close");
    assert.equal(code, 1);
    assert.match(stdout, /slow {3}was interrupted after \d+\.\d s\nlater {2}was not started\n0 passed, 2 failed\n$/);
    assert.deepEqual(stillRunning(pidsIn(stdout)), []);
  });

  it("fails where nothing is tested, and says which services there are", async () => {
    const nothing = await exo(["test", join(folder, "empty")]);
    assert.equal(nothing.code, 1);
    assert.match(nothing.stderr, /^exo test: nothing is tested: write 'tests: …'/);
    const typo = await exo(["test", "greter"], { cwd: folder });
    assert.equal(typo.code, 64);
    assert.match(
      typo.stderr,
      /'greter' is no service of .* \(did you mean greeter\?\); there are: greeter, wrong, none, image/,
    );
    const jobs = await exo(["test", folder, "--jobs", "0"]);
    assert.deepEqual([jobs.code, jobs.stderr.includes("--jobs")], [64, true]);
  });
});

function pidsIn(stdout: string): number[] {
  const [, own = "", child = ""] = /pids (\d+) (\d+)\n/.exec(stdout) ?? assert.fail(stdout);
  return [Number(own), Number(child)];
}
