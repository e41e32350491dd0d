import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "@exosphere/process";
import { BrokerProcess, eventually, metricOf } from "@exosphere/testkit";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, send } from "@exosphere/testkit/messages";
import { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const routes = {
  web: { sends: ["get", "tell"], receives: ["got"] },
  users: { sends: ["got"], receives: ["get", "tell"] },
};

/** What /readyz says. */
async function readiness({ admin }: SidecarProcess): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(`${admin}/readyz`);
  return { status: response.status, text: await response.text() };
}

describe("A sidecar without a broker", () => {
  const mesh = new Mesh();
  let port: number;
  let web: SidecarProcess;
  let users: AppUnderTest;
  let usersSidecar: SidecarProcess;

  beforeEach(async () => {
    [port] = (await freePorts(1)) as [number];
    users = await mesh.startApp();
    [web, usersSidecar] = await Promise.all([
      SidecarProcess.launch({ role: "web", broker: port }),
      SidecarProcess.launch({ role: "users", broker: port, app: users.port }),
    ]);
    mesh.keep(web);
    mesh.keep(usersSidecar);
  });
  afterEach(() => mesh.stop());

  const startBroker = async () => mesh.keep(await BrokerProcess.start({ routes, port }));

  it("keeps nothing of a request whose caller has gone, and never sends it", async () => {
    const abort = new AbortController();
    const asked = assert.rejects(fetch(`${web.edge}/v1/request/get`, { method: "POST", signal: abort.signal }));
    const waiting = () => metricOf(web.admin, "exo_sidecar_outbox_messages");
    await eventually("it waits for the broker", async () => (await waiting()) === 1);
    abort.abort();
    await asked;
    await eventually("its place is free", async () => (await waiting()) === 0);
  });

  it("is alive, but not ready, and says why", async () => {
    assert.equal((await fetch(`${web.admin}/livez`)).status, 200);
    const { status, text } = await readiness(web);
    assert.equal(status, 503);
    assert.match(text, new RegExp(`127\\.0\\.0\\.1:${port} cannot be reached`));
    assert.equal(await metricOf(web.admin, "exo_sidecar_connected"), 0);
    const config = await fetch(`${web.edge}/config.json`);
    assert.deepEqual(
      [config.status, ((await config.json()) as { reason: string }).reason],
      [503, "BROKER_UNAVAILABLE"],
    );
    const shown = await fetch(`${web.edge}/status`);
    assert.deepEqual([shown.status, await shown.json()], [200, { role: "web", connected: false }]);
  });

  it("refuses with BROKER_UNAVAILABLE at the deadline, not before", async () => {
    for (const verb of [send, ask]) {
      const startedMs = performance.now();
      const { status, json, headers } = await verb(web.edge, "tell", "1", { "exo-deadline": "400ms" });
      assert.deepEqual([status, json.reason], [503, "BROKER_UNAVAILABLE"]);
      assert.match(String(json.detail), new RegExp(`127\\.0\\.0\\.1:${port}`));
      assert.ok(Number(headers.get("retry-after")) >= 1);
      assert.ok(performance.now() - startedMs >= 300);
    }
  });

  it("keeps what is sent meanwhile, in order, and delivers it once the broker is up", async () => {
    const activity = { "exo-activity-id": "patience" };
    const sent: Promise<{ status: number }>[] = [];
    for (const step of [1, 2, 3]) {
      sent.push(send(web.edge, "tell", String(step), activity));
      await eventually(
        "it waits in the outbox",
        async () => (await metricOf(web.admin, "exo_sidecar_outbox_messages")) === step,
      );
    }
    users.on("get", () => ({ reply: { name: "got" } }));
    const asked = ask(web.edge, "get", "4");
    await startBroker();
    assert.deepEqual(
      (await Promise.all([...sent, asked])).map(({ status }) => status),
      [202, 202, 202, 200],
    );
    await users.delivery("tell", 3);
    assert.deepEqual(
      users.received("tell").map(({ message }) => message.payload),
      [1, 2, 3],
    );
  });

  it("refuses at once with QUEUE_FULL what has no room in its outbox", async () => {
    const small = mesh.keep(
      await SidecarProcess.launch({ role: "web", broker: port, args: ["--max-outbox-messages", "1"] }),
    );
    const waiting = send(small.edge, "tell", "1", { "exo-deadline": "2s" });
    await eventually("one waits", async () => (await metricOf(small.admin, "exo_sidecar_outbox_messages")) === 1);
    const refused = await send(small.edge, "tell", "2");
    assert.deepEqual([refused.status, refused.json.reason], [429, "QUEUE_FULL"]);
    assert.ok(Number(refused.headers.get("retry-after")) >= 1);
    assert.equal((await waiting).status, 503);
  });

  it("comes back by itself after the broker was killed and started again", async () => {
    const broker = await startBroker();
    await Promise.all([web, usersSidecar].map((sidecar) => sidecar.answers(`${sidecar.admin}/readyz`)));
    await broker.kill();
    await web.answers(`${web.admin}/readyz`, 503);
    await startBroker();
    users.on("get", () => ({ reply: { name: "got" } }));
    assert.equal((await ask(web.edge, "get", "1")).status, 200);
  });

  it("gets the reply to a request that the broker had confirmed when it was killed, once both are attached again", async () => {
    const broker = await startBroker();
    const both = [web, usersSidecar];
    await Promise.all(both.map((sidecar) => sidecar.answers(`${sidecar.admin}/readyz`)));
    let answer = () => {};
    const restarted = new Promise<void>((resolve) => {
      answer = resolve;
    });
    users.on("get", async () => {
      await restarted;
      return { reply: { name: "got", payload: "after all" } };
    });
    const asked = ask(web.edge, "get", "1");
    await users.delivery("get");
    // A message that is confirmed says that the request before it is.
    assert.equal((await send(web.edge, "tell", "2")).status, 202);
    await broker.kill();
    await Promise.all(both.map((sidecar) => sidecar.answers(`${sidecar.admin}/readyz`, 503)));
    await startBroker();
    await Promise.all(both.map((sidecar) => sidecar.answers(`${sidecar.admin}/readyz`)));
    answer();
    const { status, json } = await asked;
    assert.deepEqual([status, json.payload], [200, "after all"]);
  });

  it("attaches to the next broker of its list", async () => {
    const [black] = (await freePorts(1)) as [number];
    const other = await startBroker();
    await mesh.keep(await SidecarProcess.start({ role: "web", broker: [black, other.port] }));
  });

  it("ends at once with 0 when it is told to", async () => {
    const { code, signal } = await web.stop();
    assert.deepEqual([code, signal], [0, null]);
  });
});

describe("A sidecar that the broker does not take in", () => {
  const mesh = new Mesh();
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "exo-tokens-"));
  });
  after(() => rmSync(folder, { recursive: true }));
  afterEach(() => mesh.stop());

  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  it("for want of its role in the routes, says NOT_ALLOWED to whoever sends", async () => {
    const broker = await mesh.startBroker({ routes });
    const sidecar = mesh.keep(await SidecarProcess.launch({ role: "wbe", broker: broker.port }));
    await sidecar.logs("no role 'wbe'");
    for (const verb of [send, ask]) {
      const { status, json } = await verb(sidecar.edge, "tell", "1");
      assert.deepEqual([status, json.reason], [403, "NOT_ALLOWED"]);
      assert.match(String(json.detail), /no role 'wbe'\. There are: users, web/);
    }
    const { status, text } = await readiness(sidecar);
    assert.equal(status, 503);
    assert.match(text, /no role 'wbe'/);
  });

  it("for want of the right token, says so in its log and at /readyz, and to whoever sends", async () => {
    const tokens = file("tokens.yml", "web: open sesame\nusers: other\n");
    const broker = await mesh.startBroker({ routes, args: ["--attach-tokens", tokens] });
    const wrong = ["--attach-token-file", file("wrong", "other\n")];
    for (const args of [[], wrong]) {
      const sidecar = mesh.keep(await SidecarProcess.launch({ role: "web", broker: broker.port, args }));
      const entry = await sidecar.logs("needs its own attach token");
      assert.deepEqual([entry.level, entry.reason], ["warn", "UNAUTHENTICATED"]);
      const { status, text } = await readiness(sidecar);
      assert.equal(status, 503);
      assert.match(text, /--attach-token-file/);
      const refused = await send(sidecar.edge, "tell", "1");
      assert.deepEqual([refused.status, refused.json.reason], [401, "UNAUTHENTICATED"]);
    }
    const right = ["--attach-token-file", file("right", "open sesame\n")];
    const sidecar = mesh.keep(await SidecarProcess.launch({ role: "web", broker: broker.port, args: right }));
    await sidecar.answers(`${sidecar.admin}/readyz`);
    assert.doesNotMatch(broker.stdout.join("\n") + sidecar.stdout.join("\n"), /open sesame/);
  });
});
