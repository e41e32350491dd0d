import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, metricOf } from "@exosphere/testkit";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, send } from "@exosphere/testkit/messages";
import { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const routes = {
  security: {},
  web: { sends: ["users.delete", "users.list"], receives: ["users.listed"] },
  users: {
    sends: ["users.listed", "users.admin"],
    receives: ["users.delete", "users.list", "users.is admin"],
  },
  audit: { receives: ["message unauthorized"] },
};

/** The program that docs/security.md shows. */
async function documentedProgram(): Promise<string> {
  const text = await readFile(new URL("../docs/security.md", import.meta.url), "utf8");
  const [, program] = /```js\n(.*?)```/s.exec(text) ?? [];
  return program ?? assert.fail("docs/security.md shows no program");
}

describe("The security service of the documentation", () => {
  const mesh = new Mesh();
  let folder: string;
  let edge: string;
  let users: AppUnderTest;
  let usersEdge: string;
  let audit: AppUnderTest;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "security-"));
    const program = join(folder, "security.mjs");
    await writeFile(program, await documentedProgram());
    const broker = (await mesh.startBroker({ routes })).port;
    const args = ["--", process.execPath, program];
    const security = mesh.keep(await SidecarProcess.launch({ role: "security", broker, args }));
    await security.answers(`${security.admin}/readyz`);
    await security.reachesItsApp();
    const service = await mesh.startService("users");
    users = service.app;
    usersEdge = service.sidecar.edge;
    audit = (await mesh.startService("audit")).app;
    edge = (await mesh.startSidecar("web")).edge;
  });
  beforeEach(() => {
    users.reset();
    audit.reset();
    users.on("users.list", () => ({ reply: { name: "users.listed", payload: [1] } }));
    users.on("users.is admin", ({ message }) => {
      const { user } = message.payload as { user: string };
      return { reply: { name: "users.admin", payload: user === "root" } };
    });
  });
  after(async () => {
    await mesh.stop();
    await rm(folder, { recursive: true });
  });

  it("lets through what anybody may say, with its reply", async () => {
    const { status, json } = await ask(edge, "users.list");
    assert.deepEqual([status, json.payload, json.isSecurity], [200, [1], false]);
  });

  it("asks another role about the rest, and goes by its answer", async () => {
    const auth = { "exo-auth": '{"user":"root"}' };
    assert.equal((await send(edge, "users.delete", '{"id":12345678901234567890}', auth)).status, 202);
    const { raw } = await users.delivery("users.delete");
    assert.match(raw.toString(), /"payload":\{"id":12345678901234567890\}/);
    assert.equal((await users.delivery("users.is admin")).message.isSecurity, true);
  });

  it("takes an answer from a service that knows nothing of replies but the activity", async () => {
    users.on("users.is admin", async ({ message }) => {
      await send(usersEdge, "users.admin", "true", { "exo-activity-id": message.activityId });
      return undefined;
    });
    assert.equal((await send(edge, "users.delete", "1", { "exo-auth": '{"user":"someone"}' })).status, 202);
    await users.delivery("users.delete");
  });

  for (const headers of [{}, { "exo-auth": '{"user":"guest"}' }]) {
    it(`refuses a message ${"exo-auth" in headers ? "on behalf of the wrong user" : "of nobody"}, and says so`, async () => {
      const { status, json } = await send(edge, "users.delete", "7", { ...headers, "exo-activity-id": "mine" });
      assert.deepEqual([status, json.reason], [403, "REFUSED_BY_SECURITY"]);
      const { message } = await audit.delivery("message unauthorized");
      assert.equal(message.activityId, "mine");
      const { name, payload, sender } = message.payload as Record<string, unknown>;
      assert.deepEqual([name, payload, sender], ["users.delete", 7, "web"]);
      assert.deepEqual(users.received("users.delete"), []);
    });
  }

  it("is asked about the largest payload, too", async () => {
    const payload = JSON.stringify("x".repeat(1024 * 1024 - 2));
    assert.equal((await send(edge, "users.list", payload)).status, 202);
  });

  it("tells a requester as well", async () => {
    const { status, json } = await ask(edge, "users.delete");
    assert.deepEqual([status, json.reason], [403, "REFUSED_BY_SECURITY"]);
  });

  it("is no role that others can speak for", async () => {
    for (const name of ["message authorized", "security request", "authorize message"]) {
      const { status, json } = await send(usersEdge, name, "{}");
      assert.deepEqual([status, json.reason], [403, "NOT_ALLOWED"]);
    }
  });

  it("shows in the broker's metrics what it decided", async () => {
    const held = (what: string) => metricOf(mesh.broker.admin, `exocom_held_${what}`);
    await eventually("nothing waits any more", async () => (await held("messages")) === 0);
    assert.equal(await held("bytes"), 0);
    assert.ok(((await metricOf(mesh.broker.admin, 'exocom_verdicts_total{outcome="ok"}')) ?? 0) > 0);
    assert.ok(((await metricOf(mesh.broker.admin, 'exocom_verdicts_total{outcome="refused_by_security"}')) ?? 0) > 0);
  });
});

describe("A security service that gives no verdict", function () {
  this.timeout(30_000);
  const mesh = new Mesh();
  let edge: string;

  before(async () => {
    await mesh.startBroker({ routes });
    edge = (await mesh.startSidecar("web")).edge;
  });
  after(() => mesh.stop());

  it("has messages with a shorter deadline answered with DEADLINE_EXCEEDED", async () => {
    for (const call of [send, ask]) {
      const { status, json } = await call(edge, "users.list", "1", { "exo-deadline": "300ms" });
      assert.deepEqual([status, json.reason], [504, "DEADLINE_EXCEEDED"]);
    }
  });

  it("has all others answered with NO_INSTANCE, and when to come again", async () => {
    const response = await fetch(`${edge}/v1/send/users.list`, { method: "POST", body: "1" });
    const { reason } = (await response.json()) as { reason: string };
    assert.deepEqual([response.status, reason, response.headers.get("retry-after")], [503, "NO_INSTANCE", "1"]);
    const outcome = 'exocom_verdicts_total{outcome="no_instance"}';
    assert.equal(await metricOf(mesh.broker.admin, outcome), 1);
  });
});
