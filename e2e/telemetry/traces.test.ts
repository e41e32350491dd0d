import assert from "node:assert/strict";
import { eventually } from "@exosphere/testkit";
import { GatewayProcess } from "@exosphere/testkit/gateway-process";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, send } from "@exosphere/testkit/messages";
import type { ReceivedSpan } from "@exosphere/testkit/otlp-decoding";
import { OtlpReceiver } from "@exosphere/testkit/otlp-receiver";
import { RawWebSocket } from "@exosphere/testkit/raw-websocket";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";
import { pathOf, startOfTrace, treeOf } from "./span-tree.ts";

const routes = {
  clients: { sends: ["create"], receives: ["created"] },
  web: { sends: ["create", "tell", "nobody"], receives: ["created"] },
  users: { sends: ["created", "mail", "log"], receives: ["create", "tell", "mailed", "logged"] },
  mailer: { sends: ["mailed"], receives: ["mail"] },
  logger: { sends: ["logged"], receives: ["log"] },
};

describe("A message through sidecars and broker", () => {
  const mesh = new Mesh();
  let otlp: OtlpReceiver;
  let web: SidecarProcess;
  let users: Awaited<ReturnType<Mesh["startService"]>>;
  let mailer: Awaited<ReturnType<Mesh["startService"]>>;
  let logger: RawWebSocket;

  before(async function () {
    this.timeout(60_000);
    otlp = mesh.keep(await OtlpReceiver.start());
    await mesh.startBroker({ routes });
    const options = { env: otlp.env };
    [web, users, mailer] = await Promise.all([
      mesh.startSidecar("web", options),
      mesh.startService("users", options),
      mesh.startService("mailer", options),
    ]);
    const { port } = await mesh.startSidecar("logger", options);
    logger = await RawWebSocket.register(port, "logger");
  });
  beforeEach(() => {
    users.app.reset();
    mailer.app.reset();
  });
  after(async () => {
    logger?.drop();
    await mesh.stop();
  });

  it("is one trace, each span below the one that led to it", async () => {
    mailer.app.on("mail", () => ({ reply: { name: "mailed" } }));
    users.app.on("create", async ({ headers }) => {
      // As an app that passes on what it was given.
      const { traceparent = "", tracestate = "" } = headers as Record<string, string>;
      assert.equal((await ask(users.sidecar.edge, "mail", "1", { traceparent, tracestate })).status, 200);
      return { reply: { name: "created" } };
    });
    const start = startOfTrace();
    const { status, json } = await ask(web.edge, "create", '{"name":"Ada"}', start.headers);
    assert.equal(status, 200);
    const spans = await otlp.trace(start.traceId, 6);
    assert.deepEqual(treeOf(spans, start.spanId), [
      {
        span: "web: send create (producer)",
        below: [
          {
            span: "users: process create (consumer)",
            below: [
              {
                span: "users: send mail (producer)",
                below: [
                  {
                    span: "mailer: process mail (consumer)",
                    below: [{ span: "mailer: send mailed (producer)", below: [] }],
                  },
                ],
              },
              { span: "users: send created (producer)", below: [] },
            ],
          },
        ],
      },
    ]);
    checkLinks(spans);
    checkTimes(spans);
    const sent = spans.find(({ name }) => name === "send create") as ReceivedSpan;
    assert.equal(sent.attributes["messaging.message.conversation_id"], json.activityId);
    assert.equal(sent.attributes["messaging.message.body.size"], '{"name":"Ada"}'.length);
    assert.ok(spans.every(({ traceState, status: { code } }) => traceState === "vendor=1" && code === 0));
  });

  /** A consumer is linked to its producer, a request to the reply that answered it. */
  function checkLinks(spans: readonly ReceivedSpan[]): void {
    const idOf = (name: string) => spans.find((span) => span.name === name)?.spanId;
    const linksOf = (name: string) => spans.find((span) => span.name === name)?.links.map(({ spanId }) => spanId);
    assert.deepEqual(linksOf("process create"), [idOf("send create")]);
    assert.deepEqual(linksOf("process mail"), [idOf("send mail")]);
    assert.deepEqual(linksOf("send create"), [idOf("send created")]);
    assert.deepEqual(linksOf("send mail"), [idOf("send mailed")]);
    assert.deepEqual(linksOf("send created"), []);
  }

  /** All processes are on one machine: what is below began later, and a request outlasts what answers it. */
  function checkTimes(spans: readonly ReceivedSpan[]): void {
    // Clocks of two processes are read in whole milliseconds.
    const slack = 5_000_000n;
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    for (const span of spans) {
      assert.ok(span.endNanos >= span.startNanos, span.name);
      const parent = byId.get(span.parentSpanId);
      if (parent) assert.ok(span.startNanos + slack >= parent.startNanos, `${span.name} began before ${parent.name}`);
    }
    const [asked, answered] = ["send create", "process create"].map((name) => spans.find((span) => span.name === name));
    assert.ok(Number(asked?.endNanos) + Number(slack) >= Number(answered?.endNanos));
  }

  it("that comes by the gateway is one trace from there", async function () {
    this.timeout(30_000);
    const client = { role: "clients", sends: ["create"], receives: ["created"], env: otlp.env };
    const gateway = mesh.keep(await GatewayProcess.start({ ...client, broker: mesh.broker.port }));
    mailer.app.on("mail", () => ({ reply: { name: "mailed" } }));
    users.app.on("create", async ({ message: { activityId } }) => {
      await ask(users.sidecar.edge, "mail", "1", { "exo-activity-id": activityId });
      return { reply: { name: "created" } };
    });
    const start = startOfTrace();
    const { status, text } = await ask(gateway.edge, "create", "1", start.headers);
    assert.equal(status, 200, text);
    const spans = await otlp.trace(start.traceId, 6);
    assert.equal(spans[0]?.parentSpanId, start.spanId);
    assert.deepEqual(pathOf(spans, "send mailed"), [
      "clients: send create (producer)",
      "users: process create (consumer)",
      "users: send mail (producer)",
      "mailer: process mail (consumer)",
      "mailer: send mailed (producer)",
    ]);
    checkLinks(spans);
    checkTimes(spans);
    // A client that says nothing of a trace begins one.
    await ask(gateway.edge, "create", "1", { "exo-activity-id": "of a browser" });
    const begun = await eventually("a trace that begins at the gateway", () =>
      otlp.spans.find((span) => span.attributes["messaging.message.conversation_id"] === "of a browser"),
    );
    assert.equal((await otlp.trace(begun.traceId, 6))[0]?.parentSpanId, "");
    assert.equal((await gateway.stop()).code, 0);
  });

  it("belongs to the trace of the activity in which an app sends it, though the app knows nothing of traces", async () => {
    users.app.on("tell", async ({ message: { activityId } }) => {
      await send(users.sidecar.edge, "log", "1", { "exo-activity-id": activityId });
      return "";
    });
    const start = startOfTrace();
    await send(web.edge, "tell", "1", start.headers);
    const spans = await otlp.trace(start.traceId, 4);
    assert.deepEqual(pathOf(spans, "process log"), [
      "web: send tell (producer)",
      "users: process tell (consumer)",
      "users: send log (producer)",
      "logger: process log (consumer)",
    ]);
  });

  it("goes on in the trace when a WebSocket sends in its activity, after it was settled for", async () => {
    users.app.on("tell", async ({ message: { activityId } }) => {
      await send(users.sidecar.edge, "log", "1", { "exo-activity-id": activityId });
      return "";
    });
    const start = startOfTrace();
    const before = logger.messages.length;
    await send(web.edge, "tell", "1", start.headers);
    const given = await eventually("the WebSocket is given it", () => logger.messages[before]);
    await otlp.trace(start.traceId, 4);
    logger.send({ name: "logged", activityId: given.activityId });
    const spans = await otlp.trace(start.traceId, 6);
    assert.deepEqual(pathOf(spans, "process logged").slice(3), [
      "logger: process log (consumer)",
      "logger: send logged (producer)",
      "users: process logged (consumer)",
    ]);
  });

  it("begins a trace where its sender names none, and the app is told of it", async () => {
    await send(web.edge, "tell", "1", { "exo-activity-id": "a new one" });
    const { headers } = await users.app.delivery("tell");
    const [, traceId = "", spanId = ""] = String(headers.traceparent).split("-");
    const spans = await otlp.trace(traceId, 2);
    assert.deepEqual(pathOf(spans, "process tell"), ["web: send tell (producer)", "users: process tell (consumer)"]);
    assert.equal(spans.find(({ name }) => name === "process tell")?.spanId, spanId);
    assert.equal(spans[0]?.parentSpanId, "");
    assert.equal(spans[0]?.attributes["messaging.message.conversation_id"], "a new one");
  });

  it("says in its spans what went wrong", async () => {
    users.app.on("create", (_, response) => void response.writeHead(500).end("password 1234"));
    const failing = startOfTrace();
    assert.equal((await ask(web.edge, "create", "1", failing.headers)).status, 502);
    const [asked, handled] = await otlp.trace(failing.traceId, 2);
    for (const span of [asked, handled]) {
      assert.equal(span?.status.code, 2);
      assert.equal(span?.attributes["error.type"], "handler_failed");
      assert.ok(!span?.status.message.includes("password"));
    }
    const refused = startOfTrace();
    assert.equal((await send(web.edge, "nobody", "1", refused.headers)).status, 404);
    const [span] = await otlp.trace(refused.traceId, 1);
    assert.equal(span?.attributes["error.type"], "no_receivers");
    assert.match(span?.status.message ?? "", /nobody/);
  });

  it("has a span for each attempt", async () => {
    users.app.on("tell", ({ message: { attempt } }, response) => {
      if (attempt === 1) response.writeHead(503);
      return "";
    });
    const start = startOfTrace();
    await send(web.edge, "tell", "1", start.headers);
    const spans = (await otlp.trace(start.traceId, 3)).filter(({ name }) => name === "process tell");
    assert.deepEqual(
      spans.map(({ attributes }) => [attributes["exosphere.attempt"], attributes["error.type"]]),
      [
        [1, "retry"],
        [2, undefined],
      ],
    );
  });

  it("has no spans if its sender has not recorded it, and goes on as it came", async () => {
    const { traceId, spanId } = startOfTrace();
    const traceparent = `00-${traceId}-${spanId}-00`;
    users.app.on("create", () => ({ reply: { name: "created" } }));
    const { status } = await ask(web.edge, "create", "1", { traceparent, tracestate: "a=1,  b=2" });
    assert.equal(status, 200);
    const { headers } = await users.app.delivery("create");
    assert.deepEqual([headers.traceparent, headers.tracestate], [traceparent, "a=1,  b=2"]);
    // What was sent later has arrived: so would these have.
    const later = startOfTrace();
    await ask(web.edge, "create", "1", later.headers);
    await otlp.trace(later.traceId, 3);
    assert.deepEqual(
      otlp.spans.filter((span) => span.traceId === traceId),
      [],
    );
  });

  it("has a span that ends when its caller hangs up", async () => {
    users.app.on("create", (_, response) => void setTimeout(() => response.end(), 1_000).unref());
    const start = startOfTrace();
    const hangUp = new AbortController();
    const asking = fetch(`${web.edge}/v1/request/create`, {
      method: "POST",
      headers: start.headers,
      signal: hangUp.signal,
    });
    await users.app.delivery("create");
    hangUp.abort();
    await assert.rejects(asking);
    const spans = () => otlp.spans.filter(({ traceId, name }) => traceId === start.traceId && name === "send create");
    const [span] = await eventually("the span of the request", () => spans().length > 0 && spans());
    assert.equal(span?.attributes["error.type"], "abandoned");
  });
});
