import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { eventually, metricsOf } from "@exosphere/testkit";
import type { AppUnderTest, Handler } from "@exosphere/testkit/app-under-test";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, send } from "@exosphere/testkit/messages";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";
import { rows } from "./answers.fixture.ts";

/** Answers the first attempts with these statuses, then with a reply. */
function failingFirst(statuses: readonly number[], headers: Record<string, string> = {}): Handler {
  let attempts = 0;
  return ({ message }, response) => {
    const status = statuses[attempts++];
    if (status === undefined) return { reply: { name: "got", payload: message.attempt } };
    response.writeHead(status, headers).end();
    return undefined;
  };
}

/** What an app returns that says nothing more. */
const never = new Promise<undefined>(() => {});

describe("What an app answers to a delivery", () => {
  const mesh = new Mesh();
  let web: SidecarProcess;
  let users: AppUnderTest;
  let usersSidecar: SidecarProcess;

  before(async () => {
    await mesh.startBroker({
      routes: {
        web: { sends: ["get", "tell", "hasten"], receives: ["got"] },
        users: { sends: ["got"], receives: ["get", "tell", { name: "hasten", deadline: "300ms" }] },
      },
    });
    const [webSidecar, service] = await Promise.all([mesh.startSidecar("web"), mesh.startService("users")]);
    web = webSidecar;
    users = service.app;
    usersSidecar = service.sidecar;
  });
  beforeEach(() => users.reset());
  after(() => mesh.stop());

  for (const { what, answers, gets, saying = /./, counts } of rows) {
    it(`${what}: ${gets}, counted as ${JSON.stringify(counts)}`, async () => {
      // No five failures in a row: the app would be set aside.
      users.on("get", failingFirst([]));
      await ask(web.edge, "get", "1");
      users.reset();
      const before = await counters();
      let nth = 0;
      users.on("get", ({ message }, response) => {
        const answer = answers[nth++];
        if (!answer) return { reply: { name: "got", payload: message.attempt } };
        answer(response);
        return never;
      });
      const { json, text } = await ask(
        web.edge,
        "get",
        "1",
        gets === "DEADLINE_EXCEEDED" ? { "exo-deadline": "300ms" } : {},
      );

      assert.equal(json.reason ?? json.payload, gets);
      assert.match(text, saying);
      assert.doesNotMatch(text, /secret/);
      const attempts = Object.values(counts).reduce((sum, count) => sum + count);
      const seen = users.received("get").map(({ message }) => message);
      assert.deepEqual(
        seen,
        Array.from({ length: attempts }, (_, index) => ({ ...seen[0], attempt: index + 1 })),
      );
      const sent = typeof gets === "number" ? "ok" : String(gets).toLowerCase();
      const expected = { sidecar: counts, broker: counts, requester: { [sent]: 1 } };
      await eventually(`counted as ${JSON.stringify(expected)}`, async () =>
        isDeepStrictEqual(await growth(before), expected),
      );
    });
  }

  it("shows what the app says beside an error to its operator, in the log and the tap, and not to the requester", async () => {
    users.on("get", (_, response) => {
      response.writeHead(400, { "content-type": "application/json" }).end('{"error":"no such user","password":"p4"}');
      return never;
    });
    const { json, text } = await ask(web.edge, "get", "1");
    assert.deepEqual([json.reason, json.detail], ["HANDLER_FAILED", "The app answered 400."]);
    assert.doesNotMatch(text, /no such user/);
    const { level, messageName, words } = await eventually("a line of the log", async () => {
      // Of many failures in a second only the first are logged, and other tests fail deliveries too.
      await ask(web.edge, "get", "1");
      return usersSidecar.logged("a delivery failed").find((line) => String(line.words).includes("no such user"));
    });
    assert.deepEqual([level, messageName, words], ["warn", "get", '{"error":"no such user","password":"•••"}']);
  });

  it("is tried again not before Retry-After says so, in seconds", async () => {
    users.on("get", failingFirst([503], { "retry-after": "1" }));
    const startedMs = performance.now();
    assert.equal((await ask(web.edge, "get", "1")).json.payload, 2);
    assert.ok(performance.now() - startedMs >= 1000);
  });

  it("is tried again not before Retry-After says so, as a date", async () => {
    // Dates have whole seconds: at least one of the two is still to come.
    const date = new Date(Math.ceil(Date.now() / 1000) * 1000 + 1000);
    users.on("get", failingFirst([429], { "retry-after": date.toUTCString() }));
    assert.equal((await ask(web.edge, "get", "1")).json.payload, 2);
    assert.ok(Date.now() >= date.getTime());
  });

  it("is tried again and again until the deadline, then DEADLINE_EXCEEDED", async () => {
    users.on("get", failingFirst(Array(100).fill(503)));
    const { status, json } = await ask(web.edge, "get", "1", { "exo-deadline": "700ms" });
    assert.deepEqual([status, json.reason], [504, "DEADLINE_EXCEEDED"]);
    const attempts = users.received("get").map(({ message }) => message.attempt);
    assert.ok(attempts.length >= 2, String(attempts));
    assert.deepEqual(
      attempts,
      attempts.map((_, index) => index + 1),
    );
  });

  it("is fine with a reply of the largest payload", async () => {
    const payload = "x".repeat(1024 * 1024 - 2);
    users.on("get", () => ({ reply: { name: "got", payload } }));
    const { status, json } = await ask(web.edge, "get", "1");
    assert.deepEqual([status, String(json.payload).length], [200, payload.length]);
  });

  it("waits for an app that refuses connections until it opens its port", async () => {
    users.on("get", ({ message }) => ({ reply: { name: "got", payload: message.attempt } }));
    await users.close();
    const asked = ask(web.edge, "get", "1");
    await usersSidecar.reachesItsApp(false);
    await users.listen();
    const { status, json } = await asked;
    assert.deepEqual([status, json.payload], [200, 1]);
    assert.equal(users.received("get").length, 1);
  });

  it("is waited for until the deadline of the delivery, then DEADLINE_EXCEEDED", async () => {
    users.on("hasten", () => never);
    const { status, json } = await ask(web.edge, "hasten", "1");
    assert.deepEqual([status, json.reason], [504, "DEADLINE_EXCEEDED"]);
    assert.equal(users.received("hasten").length, 1);
  });

  it("is counted for what nobody waits for as well", async () => {
    users.on("tell", failingFirst([503, 404]));
    await send(web.edge, "tell", "1");
    await users.delivery("tell", 2);
    users.on("tell", failingFirst([500]));
    await send(web.edge, "tell", "1");
    await users.delivery("tell", 3);
    users.on("tell", () => undefined);
    await send(web.edge, "tell", "1");
    await users.delivery("tell", 4);
    const counts = { ok: 1, retry: 1, dead: 1, handler_failed: 1 };
    await eventually("each is counted", async () => {
      const { sidecar, broker } = await counters("tell");
      return isDeepStrictEqual({ sidecar, broker }, { sidecar: counts, broker: counts });
    });
    const published = (await metricsOf(mesh.broker.admin)).get(
      'exocom_published_total{role="web",name="tell",outcome="ok"}',
    );
    assert.equal(published, 3);
  });

  /** How often each outcome of a message was counted. */
  async function counters(name = "get") {
    const outcomes = async (admin: string, metric: string) => {
      const prefix = `${metric}name="${name}",outcome="`;
      const samples = [...(await metricsOf(admin))].filter(([key]) => key.startsWith(prefix));
      return Object.fromEntries(samples.map(([key, value]) => [key.slice(prefix.length, -2), value]));
    };
    return {
      sidecar: await outcomes(usersSidecar.admin, "exo_sidecar_received_total{"),
      broker: await outcomes(mesh.broker.admin, 'exocom_delivered_total{role="users",'),
      requester: await outcomes(web.admin, "exo_sidecar_sent_total{"),
    };
  }

  /** By how much they grew, those that did. */
  async function growth(before: Awaited<ReturnType<typeof counters>>) {
    const after = await counters();
    const grown = (place: keyof typeof after) =>
      Object.fromEntries(
        Object.entries(after[place])
          .map(([outcome, value]) => [outcome, value - (before[place][outcome] ?? 0)] as const)
          .filter(([, by]) => by > 0),
      );
    return { sidecar: grown("sidecar"), broker: grown("broker"), requester: grown("requester") };
  }
});
