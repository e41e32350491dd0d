import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePorts, SupervisedProcess } from "@exosphere/process";
import { type Client, connect, type Service, service } from "@exosphere/sdk";

const bin = fileURLToPath(new URL("../src/bin.ts", import.meta.url));
const programOf = (name: string) => fileURLToPath(import.meta.resolve(name));
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const routes = { web: { sends: ["ask"], receives: ["answer"] }, users: { sends: ["answer"], receives: ["ask"] } };

/** Runs `exo` to its end. */
async function exo(...args: string[]) {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", bin, ...args], { env: { ...process.env, NO_COLOR: "1" } }); // biome-ignore format: one line
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

describe("exo tap, exo top and exo trace", function () {
  // Processes from the sources.
  this.timeout(90_000);
  const folder = mkdtempSync(join(tmpdir(), "exo-watch-"));
  const processes: SupervisedProcess[] = [];
  let broker: string;
  let dashboard: string;
  let web: Client;
  let users: Service;
  let timer: NodeJS.Timeout;

  const start = async (program: string, args: readonly string[], admin: number, env: NodeJS.ProcessEnv = {}) => {
    const command = [process.execPath, "--disable-warning=ExperimentalWarning", programOf(program), ...args, `--admin-port=${admin}`]; // biome-ignore format: one line
    const started = new SupervisedProcess({ command, env: { PATH: process.env.PATH, ...env }, restart: false, onEvent: () => {} }); // biome-ignore format: one line
    processes.push(started);
    started.start();
    while (!(await fetch(`http://127.0.0.1:${admin}/readyz`).then(({ ok }) => ok, () => false))) await pause(30); // biome-ignore format: one line
  };

  before(async () => {
    const [json, grpc, brokerAdmin, page, pageAdmin] = (await freePorts(5)) as [number, number, number, number, number];
    broker = `127.0.0.1:${grpc}`;
    dashboard = `http://127.0.0.1:${page}`;
    // The all-in-one shows itself as the broker does.
    await start("@exosphere/exocom/bin", [`--port=${json}`, `--grpc-port=${grpc}`], brokerAdmin, { SERVICE_DATA: JSON.stringify(routes) }); // biome-ignore format: one line
    await start("@exosphere/analytics/bin", [`--broker=${broker}`, `--port=${page}`, `--data-dir=${folder}`], pageAdmin); // biome-ignore format: one line
    const options = { broker, log: quiet };
    users = service("users", { ask: ({ payload }) => ({ name: "answer", payload }) }, { ...options, signals: false });
    web = connect({ role: "web", ...options });
    await Promise.all([web.ready(), users.ready()]);
    timer = setInterval(() => void web.request("ask", { text: "hello", password: "hopper" }).catch(() => {}), 50);
  });
  after(async () => {
    clearInterval(timer);
    web?.close();
    users?.close();
    await Promise.all(processes.map((each) => each.stop(10_000)));
    rmSync(folder, { recursive: true, force: true });
  });

  it("show what happens, with filters, for people and for programs, and no secrets", async () => {
    const { code, stdout } = await exo("tap", "--broker", broker, "--count", "6", "--name", "ask", "--payload");
    assert.equal(code, 0);
    const lines = stdout.trimEnd().split("\n");
    assert.equal(lines.length, 6);
    assert.match(stdout, /sent +web -> users +ask +\{"text":"hello","password":"•••"\}/);
    assert.match(stdout, /delivered +web -> users +ask +waited /);
    assert.match(stdout, /ended +web -> users +ask +done in /);
    assert.doesNotMatch(stdout, /answer|hopper/);
    const { stdout: json } = await exo("tap", "--broker", broker, "--count", "1", "--json", "--role", "users");
    assert.equal((JSON.parse(json) as { publicName: string }).publicName.length > 2, true);
  });

  it("show roles and messages once", async () => {
    const { code, stdout } = await exo("top", "--once", "--broker", broker);
    assert.equal(code, 0);
    assert.match(stdout, /^role +instances +in\/s/m);
    assert.match(stdout, /^users +1 +[1-9]/m);
    assert.match(stdout, /^ask +web +users +[1-9]/m);
    const { stdout: json } = await exo("top", "--once", "--json", "--role", "users", "--broker", broker);
    const bus = JSON.parse(json) as {
      seconds: number;
      roles: { role: string }[];
      edges: { from: string; to: string }[];
    };
    assert.deepEqual(bus.roles.map(({ role }) => role), ["users"]); // biome-ignore format: one line
    assert.ok(
      bus.seconds > 0 && bus.edges.length > 0 && bus.edges.every(({ from, to }) => [from, to].includes("users")),
    );
  });

  it("show an activity that the dashboard keeps, and which there are", async () => {
    const { activityId } = await web.request("ask", { text: "find me" });
    const find = () => exo("trace", "--dashboard", dashboard, "--find", "find me", "--json");
    let rows: { id: string }[] = [];
    while (rows.length === 0) rows = JSON.parse((await find()).stdout) as { id: string }[];
    assert.deepEqual(rows.map(({ id }) => id), [activityId]); // biome-ignore format: one line
    const { code, stdout } = await exo("trace", activityId, "--dashboard-url", dashboard);
    assert.equal(code, 0);
    assert.match(stdout, /web -> users {2}ask \(asks\) {2}\{"text":"find me"\}[\s\S]*users -> web {2}answer/);
    assert.match(
      (await exo("trace", "--dashboard-url", dashboard, "--limit", "2")).stdout,
      /^activity +began +message/,
    );
  });

  it("say what is wrong and what to do, and end with 1, or with 64 for what was typed", async () => {
    const [port] = (await freePorts(1)) as [number];
    const nothing = await exo("trace", "x", "--dashboard-url", `http://127.0.0.1:${port}`);
    assert.deepEqual([nothing.code, nothing.stdout], [1, ""]);
    assert.match(nothing.stderr, /^exo trace: No dashboard answers at .*--dashboard-url/);
    const gone = await exo("trace", "no-such-activity", "--dashboard-url", dashboard);
    assert.match(gone.stderr, /^exo trace: No activity of that id is kept/);
    const alone = await exo("top", "--once", "--broker", `127.0.0.1:${port}`);
    assert.equal(alone.code, 1);
    assert.match(alone.stderr, /No broker answers at .*--broker/);
    const counted = await exo("tap", "--count", "1", "--broker", `127.0.0.1:${port}`);
    assert.equal(counted.code, 1);
    assert.match(counted.stderr, /^exo tap: No broker answers at .*--broker/);
    const nobody = await exo("top", "--once", "--broker", broker, "--role", "nobody");
    assert.deepEqual([nobody.code, nobody.stdout], [1, ""]);
    assert.match(nobody.stderr, /^exo top: The routes name no role 'nobody'\. There are: .*users/);
    const half = await exo("tap", "--broker", broker, "--role", "nobody,users", "--count", "200");
    assert.match(half.stderr, /^exo tap: The routes name no role 'nobody'\. There are: .*users.*\n$/);
    assert.equal((await exo("tap", "--colour")).code, 64);
  });
});
