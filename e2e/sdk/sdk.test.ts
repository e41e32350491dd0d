import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import type { Client } from "@exosphere/sdk";
import type { ProcessUnderTest } from "@exosphere/testkit";
import { BrokerProcess, eventually, metricOf } from "@exosphere/testkit";
import { send } from "@exosphere/testkit/messages";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";
import { SdkMesh } from "./sdk-mesh.ts";

const creations = ["users.create", "users.break", "users.hang", "users.ask", "users.unknown"];
const routes = {
  web: { sends: [...creations, "nobody.hears"], receives: ["users.created"] },
  users: { sends: ["users.created", "tweets.count"], receives: [...creations, "tweets.counted"] },
  tweets: { sends: ["tweets.counted"], receives: ["tweets.count"] },
};

describe("Two services with the SDK behind their sidecars", function () {
  this.timeout(30_000);
  let mesh: SdkMesh;
  let broker: BrokerProcess;
  let webSidecar: SidecarProcess;
  let usersSidecar: SidecarProcess;
  let users: ProcessUnderTest;
  let web: Client;

  beforeEach(async () => {
    mesh = new SdkMesh();
    broker = await mesh.startBroker({ routes });
    [webSidecar, usersSidecar] = await Promise.all([mesh.startSocketSidecar("web"), mesh.startSocketSidecar("users")]);
    users = await mesh.startSdkApp("users");
    web = mesh.connect("web");
    await web.ready();
  });
  afterEach(() => mesh.stop());

  it("ask each other and answer, many at once", async () => {
    const asked = Array.from({ length: 200 }, (_, n) => web.request("users.create", { n }, { auth: { user: n } }));
    const replies = await Promise.all(asked);
    for (const [n, { name, payload, auth }] of replies.entries()) {
      assert.deepEqual([name, payload, auth], ["users.created", { created: { n }, auth: { user: n } }, { user: n }]);
    }
    const outcome = await metricOf(usersSidecar.admin, 'exo_sidecar_received_total{name="users.create",outcome="ok"}');
    assert.equal(outcome, 200);
  });

  it("ask a third while they answer", async () => {
    await mesh.startSocketSidecar("tweets");
    const tweets = mesh.play("tweets", {
      "tweets.count": ({ payload }, { reply }) => reply("tweets.counted", { payload }).then(() => {}),
    });
    await tweets.ready();
    const { payload } = await web.request("users.ask");
    assert.deepEqual(payload, { name: "tweets.counted", payload: { payload: { of: "me" } } });
  });

  it("get the answers to what they had asked when the broker was killed, through all handlers that wait", async () => {
    const tweetsSidecar = await mesh.startSocketSidecar("tweets");
    const [started, restarted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const tweets = mesh.play("tweets", {
      "tweets.count": async () => {
        started.resolve();
        await restarted.promise;
        return { name: "tweets.counted", payload: 7 };
      },
    });
    await tweets.ready();
    const asked = web.request("users.ask", null, { deadlineMs: 20_000 });
    await started.promise;
    for (const { admin } of [webSidecar, usersSidecar])
      await eventually("the requests are confirmed", async () => (await metricOf(admin, "exo_sidecar_outbox_messages")) === 0); // biome-ignore format: one line
    const sidecars = [webSidecar, usersSidecar, tweetsSidecar];
    await broker.kill();
    await Promise.all(sidecars.map((sidecar) => sidecar.answers(`${sidecar.admin}/readyz`, 503)));
    mesh.keep(await BrokerProcess.start({ routes, port: broker.port }));
    await Promise.all(sidecars.map((sidecar) => sidecar.answers(`${sidecar.admin}/readyz`)));
    restarted.resolve();
    assert.deepEqual((await asked).payload, { name: "tweets.counted", payload: 7 });
  });

  it("hear why something does not work", async () => {
    await assert.rejects(web.send("users.created"), { reason: "NOT_ALLOWED" });
    await assert.rejects(web.request("nobody.hears"), { reason: "NO_RECEIVERS" });
    await assert.rejects(web.request("users.unknown"), { reason: "HANDLER_FAILED" });
    const failed = web.request("users.break");
    await assert.rejects(failed, (error: Error) => /HANDLER_FAILED/.test(error.message) && !/1234/.test(error.message));
    await eventually("the text is in the log", () => users.stderr.some((line) => line.includes("password 1234")));
    await assert.rejects(mesh.connect("web", "users").ready(), { reason: "NOT_ALLOWED" });
    await assert.rejects(mesh.connect("web", "users").send("users.created"), { reason: "NOT_ALLOWED" });
  });

  it("stop waiting at the deadline, or when they are told to", async () => {
    await assert.rejects(web.request("users.hang", 1, { deadlineMs: 200 }), { reason: "DEADLINE_EXCEEDED" });
    const abort = new AbortController();
    const asked = web.request("users.hang", 1, { signal: abort.signal, deadlineMs: 1000 });
    const rejected = assert.rejects(asked, /enough/);
    await eventually("it is open", async () => (await metricOf(webSidecar.admin, "exo_sidecar_open_requests")) === 1);
    abort.abort(new Error("enough"));
    await rejected;
    await eventually("it is closed", async () => (await metricOf(webSidecar.admin, "exo_sidecar_open_requests")) === 0);
  });

  it("hear at once of an app that is killed, and of its successor's answers", async () => {
    const asked = web.request("users.hang", 1, { deadlineMs: 20_000 });
    const rejected = assert.rejects(asked, { reason: "HANDLER_FAILED" });
    await atWork(users);
    process.kill(users.pid, "SIGKILL");
    await rejected;
    const waiting = web.request("users.create", 2, { deadlineMs: 20_000 });
    await mesh.startSdkApp("users");
    assert.deepEqual((await waiting).payload, { created: 2, auth: null });
  });

  it("find their sidecar again when it comes back", async () => {
    process.kill(webSidecar.pid, "SIGKILL");
    await webSidecar.exited;
    assert.ok(existsSync(mesh.socketOf("web")), "what a killed process leaves behind");
    const asked = web.request("users.create", 3, { deadlineMs: 20_000 });
    const again = await mesh.startSocketSidecar("web");
    assert.deepEqual((await asked).payload, { created: 3, auth: null });
    process.kill(again.pid, "SIGTERM");
    assert.equal((await again.exited).code, 0);
    assert.ok(!existsSync(mesh.socketOf("web")));
    await assert.rejects(web.request("users.create", 1, { deadlineMs: 100 }), { reason: "BROKER_UNAVAILABLE" });
  });

  it("end in order, with what they were at answered", async () => {
    process.kill(users.pid, "SIGTERM");
    assert.equal((await users.exited).code, 0);
    await assert.rejects(web.request("users.create", 1, { deadlineMs: 200 }), { reason: "NO_INSTANCE" });
  });

  it("end by force past their grace, and say so by their exit code", async () => {
    process.kill(users.pid, "SIGTERM");
    await users.exited;
    const stuck = await mesh.startSdkApp("users", new URL("./stuck-app.fixture.ts", import.meta.url));
    const asked = assert.rejects(web.request("users.hang"), { reason: "HANDLER_FAILED" });
    await atWork(stuck);
    process.kill(stuck.pid, "SIGTERM");
    assert.equal((await stuck.exited).code, 1);
    await asked;
    assert.ok(stuck.stderr.some((line) => line.includes("not everything had ended 200 ms after the signal")));
  });

  it("own their sockets alone, which take one consumer", async () => {
    assert.equal(statSync(mesh.socketOf("users")).mode & 0o777, 0o600);
    const second = mesh.play("users", { "users.create": () => ({ name: "users.created", payload: "second" }) });
    await assert.rejects(second.ready(), { reason: "NOT_ALLOWED" });
    assert.equal((await send(usersSidecar.edge, "users.created", "1")).status, 202);
  });

  it("are refused by a sidecar whose app takes HTTP", async () => {
    const args = ["--socket", mesh.socketOf("tweets")];
    await mesh.startService("tweets", { args });
    const tweets = mesh.play("tweets", {});
    await assert.rejects(tweets.ready(), { reason: "NOT_ALLOWED" });
    const sender = mesh.connect("tweets");
    await sender.ready();
    await sender.send("tweets.counted");
  });

  /** As the app says it: the broker counts a delivery two hops before the app has it. */
  function atWork({ stdout }: ProcessUnderTest): Promise<unknown> {
    return eventually("it is at work", () => stdout.includes("at work"));
  }
});
