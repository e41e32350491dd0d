import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "@exosphere/process";
import { eventually } from "@exosphere/testkit";
import { ExocomProcess } from "@exosphere/testkit/exocom-process";
import { Mesh } from "@exosphere/testkit/mesh";
import { post } from "@exosphere/testkit/messages";
import { RawWebSocket } from "@exosphere/testkit/raw-websocket";
import { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const routes = {
  web: { sends: ["ping", "shared", "lonely"], receives: ["pong"] },
  echo: { sends: ["pong", "shared"], receives: ["ping", "shared"] },
};

describe("The process of the all-in-one", function () {
  this.timeout(30_000);
  const mesh = new Mesh();
  afterEach(() => mesh.stop());

  const start = async (options: ConstructorParameters<typeof ExocomProcess>[1] = { routes }) =>
    mesh.keep(await ExocomProcess.start(options));

  it("prints its lines on stdout, logs to stderr, and drains on SIGTERM without a close frame", async () => {
    const exocom = await start();
    const quiet = mesh.keep(await exocom.service("echo"));
    const telling = mesh.keep(await exocom.service("web", { payload: { errors: true } }));
    const { code } = await exocom.stop();
    await Promise.all([quiet.closed(), telling.closed()]);
    assert.deepEqual([code, quiet.closeCode, telling.closeCode], [0, undefined, 1012]);
    assert.deepEqual(exocom.stdout.slice(0, 3), [
      `ExoCom online at port ${exocom.port}`,
      "'echo' registered",
      "'web' registered",
    ]);
    assert.deepEqual(exocom.stdout.slice(3).sort(), ["'echo' disconnected", "'web' disconnected"]);
    assert.ok(exocom.stderr.length > 0);
    for (const line of exocom.stderr) assert.doesNotThrow(() => JSON.parse(line), line);
  });

  it("ends with 64 without routes, and with 1 if its port is taken", async () => {
    const [port] = (await freePorts(1)) as [number];
    const bare = mesh.keep(new ExocomProcess(port, {}));
    const { code, text } = await bare.failure();
    assert.equal(code, 64);
    assert.match(text, /no routes are given/);
    const wrong = mesh.keep(new ExocomProcess(port, { args: ["--concurrency", "0", "--admin-port", String(port)] }));
    const all = await wrong.failure();
    assert.equal(all.code, 64);
    for (const part of ["--concurrency: '0'", "no routes are given", `--port and --admin-port are both ${port}`])
      assert.ok(all.text.includes(part), `${part} in ${all.text}`);
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const taken = mesh.keep(new ExocomProcess((holder.address() as AddressInfo).port, { routes }));
    assert.equal((await taken.exited).code, 1);
    assert.match(taken.stderr.join("\n"), /address already in use: port \d+ .*--port/);
    assert.match(taken.stdout.join("\n"), /address already in use/);
    holder.close();
  });

  it("knows its commands", async () => {
    for (const [args, code, pattern] of [
      [["--help"], 0, /--grpc-port/],
      [["serve", "--help"], 0, /Usage: exocom serve/],
      [["--version"], 0, /^\d+\.\d+\.\d+$/m],
      [["sreve"], 64, /sreve/],
    ] as const) {
      const run = mesh.keep(new ExocomProcess(0, { args }));
      assert.equal((await run.exited).code, code);
      assert.match([...run.stdout, ...run.stderr].join("\n"), pattern);
    }
  });

  it("takes messages over HTTP for the role that is named, or that alone may send them", async () => {
    const exocom = await start();
    const echo = mesh.keep(await exocom.service("echo"));
    const send = (name: string, headers = {}) => post(`${exocom.edge}/v1/send/${name}`, "[1]", headers);
    assert.equal((await send("ping")).status, 202);
    assert.deepEqual((await echo.message("ping")).payload, [1]);
    const unclear = await send("shared");
    assert.deepEqual([unclear.status, unclear.json.reason], [400, "INVALID_MESSAGE"]);
    assert.match(String(unclear.json.detail), /exo-role.*web, echo may/);
    assert.equal((await send("shared", { "exo-role": "web" })).status, 202);
    const unknown = await send("shared", { "exo-role": "nobody" });
    assert.deepEqual([unknown.status, unknown.json.reason], [403, "NOT_ALLOWED"]);
    const refused = await send("pong", { "exo-role": "web" });
    assert.deepEqual([refused.status, refused.json.reason], [403, "NOT_ALLOWED"]);
    await exocom.prints("Warning: Service 'web' is not allowed to broadcast the message 'pong'");
    const nobodys = await send("no%20such%20message");
    assert.deepEqual([nobodys.status, nobodys.json.reason], [403, "NOT_ALLOWED"]);
    assert.equal((await send("")).status, 400);
    assert.equal((await send("lonely")).status, 404);
    await exocom.prints("Warning: No receivers for message 'lonely' registered");
  });

  it("takes sidecars as well where it is given a gRPC port, and shows itself where it is given an admin port", async () => {
    const [grpc, admin] = (await freePorts(2)) as [number, number];
    const exocom = await start({ routes, args: ["--grpc-port", String(grpc), "--admin-port", String(admin)] });
    await exocom.answers(`http://127.0.0.1:${admin}/readyz`);
    const web = mesh.keep(await SidecarProcess.start({ role: "web", broker: grpc }));
    await exocom.prints("'web' registered");
    const echo = mesh.keep(await exocom.service("echo"));
    await post(`${web.edge}/v1/send/ping`, '"over"');
    assert.equal((await echo.message("ping")).payload, "over");
    await exocom.prints("web  --[ ping ]->  echo");
  });

  it("takes over changed routes: who has no role any more is let go, who has a new one is taken", async () => {
    const folder = await mkdtemp(join(tmpdir(), "exo-all-in-one-"));
    const file = join(folder, "routes.json");
    await writeFile(file, JSON.stringify(routes));
    const exocom = await start({ args: ["--routes", file] });
    const echo = mesh.keep(await exocom.service("echo"));
    const send = (role: string) => post(`${exocom.edge}/v1/send/ping`, "1", { "exo-role": role });
    assert.equal((await send("web")).status, 202);
    await writeFile(file, JSON.stringify({ fresh: { sends: ["ping"] }, other: { receives: ["ping"] } }));
    await echo.closed();
    assert.equal(echo.closeCode, undefined);
    assert.equal((await send("web")).status, 403);
    assert.equal((await send("fresh")).status, 202);
    const other = mesh.keep(await exocom.service("other"));
    await other.message("ping");
    assert.deepEqual((await exocom.config()).clients, [{ role: "other", instances: 1 }]);
    await rm(folder, { recursive: true });
  });

  it("delays nobody for a role that is absent, or one whose service is stuck", async () => {
    const listeners = { stuck: { receives: ["told"] }, absent: { receives: ["told"] }, live: { receives: ["told"] } };
    const exocom = await start({ routes: { teller: { sends: ["told"] }, ...listeners } });
    const stuck = mesh.keep(await exocom.service("stuck"));
    const live = mesh.keep(await exocom.service("live"));
    const teller = mesh.keep(await exocom.service("teller"));
    stuck.pause();
    const payload = "x".repeat(100_000);
    for (let index = 0; index < 200; index += 1) teller.send({ name: "told", activityId: "one", payload });
    await eventually("all that the live one is to get", () => live.texts.length === 200);
    assert.ok(stuck.texts.length < 200);
    assert.equal(stuck.isClosed, false);
  });

  it("gives a service that does not read no more, and the rest to another", async () => {
    const exocom = await start({ routes, args: ["--concurrency", "1000"] });
    const stuck = mesh.keep(await exocom.service("echo"));
    stuck.pause();
    const web = mesh.keep(await exocom.service("web"));
    const payload = "x".repeat(500_000);
    const other = mesh.keep(await RawWebSocket.connect(exocom.port));
    for (let index = 0; index < 40; index += 1) web.send({ name: "ping", payload: `${index}${payload}` });
    await eventually(
      "it is given no more",
      () => exocom.stdout.filter((line) => line.startsWith("web  --[ ping ]")).length > 2,
    );
    other.send({ name: "exocom.register-service", sender: "echo" });
    await eventually("the other gets the rest", () => other.texts.length >= 10, 20_000);
    assert.equal(stuck.isClosed, false);
  });
});
