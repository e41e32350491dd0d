import assert from "node:assert/strict";
import type { AppUnderTest, Handler } from "./kit/app-under-test.ts";
import { Mesh } from "./kit/mesh.ts";
import { ask, send } from "./kit/messages.ts";
import { metricsOf } from "./kit/metrics.ts";
import type { SidecarProcess } from "./kit/sidecar-process.ts";

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
        web: { sends: ["get", "tell"], receives: ["got"] },
        users: { sends: ["got"], receives: ["get", "tell"] },
      },
    });
    const [webSidecar, service] = await Promise.all([mesh.startSidecar("web"), mesh.startService("users")]);
    web = webSidecar;
    users = service.app;
    usersSidecar = service.sidecar;
  });
  beforeEach(() => users.reset());
  after(() => mesh.stop());

  for (const status of [408, 425, 429, 503]) {
    it(`is tried again after ${status}`, async () => {
      users.on("get", failingFirst([status]));
      const { status: answered, json } = await ask(web.edge, "get", "1");
      assert.deepEqual([answered, json.payload], [200, 2]);
      const [first, second] = users.received("get");
      assert.deepEqual([first?.message.attempt, second?.message.attempt], [1, 2]);
      assert.deepEqual({ ...second?.message, attempt: 1 }, first?.message);
    });
  }

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

  for (const status of [500, 501, 502, 504, 599]) {
    it(`ends a request with HANDLER_FAILED if it is ${status}, and is not tried again`, async () => {
      users.on("get", failingFirst([status]));
      const { status: answered, json } = await ask(web.edge, "get", "1");
      assert.deepEqual([answered, json.reason], [502, "HANDLER_FAILED"]);
      assert.match(String(json.detail), new RegExp(`answered ${status}`));
      assert.equal(users.received("get").length, 1);
    });
  }

  for (const status of [400, 401, 404, 409, 422, 302]) {
    it(`ends a request with HANDLER_FAILED if it is ${status}, and is not tried again`, async () => {
      users.on("get", failingFirst([status], { location: "/elsewhere" }));
      const { status: answered, json } = await ask(web.edge, "get", "1");
      assert.deepEqual([answered, json.reason], [502, "HANDLER_FAILED"]);
      assert.equal(users.received("get").length, 1);
    });
  }

  it("ends a request with HANDLER_FAILED if the app drops the connection, before or in its answer", async () => {
    const droppings: Handler[] = [
      (_, response) => void response.destroy(),
      (_, response) => {
        response.writeHead(200, { "content-length": "1000" }).write("{");
        setImmediate(() => response.destroy());
        return never;
      },
    ];
    for (const drop of droppings) {
      users.reset();
      users.on("get", drop);
      const { status, json } = await ask(web.edge, "get", "1");
      assert.deepEqual([status, json.reason], [502, "HANDLER_FAILED"]);
      assert.equal(users.received("get").length, 1);
    }
  });

  it("ends a request with HANDLER_FAILED if it is larger than any reply may be", async () => {
    users.on("get", () => `"${"x".repeat(2 * 1024 * 1024)}"`);
    const { status, json } = await ask(web.edge, "get", "1");
    assert.deepEqual([status, json.reason], [502, "HANDLER_FAILED"]);
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

  it("is counted, at the sidecar and at the broker", async () => {
    const before = [await metricsOf(usersSidecar.admin), await metricsOf(mesh.broker.admin)] as const;
    users.on("tell", failingFirst([503, 404]));
    await send(web.edge, "tell", "1");
    await users.delivery("tell", 2);
    users.on("tell", failingFirst([500]));
    await send(web.edge, "tell", "1");
    await users.delivery("tell", 3);
    users.on("tell", () => undefined);
    await send(web.edge, "tell", "1");
    await users.delivery("tell", 4);
    users.on("get", failingFirst([]));
    await ask(web.edge, "get", "1");

    const after = [await metricsOf(usersSidecar.admin), await metricsOf(mesh.broker.admin)] as const;
    const grown = (place: 0 | 1, name: string) => (after[place].get(name) ?? 0) - (before[place].get(name) ?? 0);
    for (const outcome of ["ok", "retry", "dead", "handler_failed"]) {
      assert.equal(grown(0, `exo_sidecar_received_total{name="tell",outcome="${outcome}"}`), 1, outcome);
      assert.equal(grown(1, `exocom_delivered_total{role="users",name="tell",outcome="${outcome}"}`), 1, outcome);
    }
    assert.equal(grown(0, 'exo_sidecar_app_seconds_count{name="tell"}'), 4);
    assert.equal(grown(1, 'exocom_published_total{role="web",name="tell",outcome="ok"}'), 3);
  });
});
