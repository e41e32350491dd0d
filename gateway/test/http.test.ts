import assert from "node:assert/strict";
import { connect } from "node:net";
import { brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { eventually, metricOf, metricsOf } from "@exosphere/testkit";
import { GatewayBus } from "@exosphere/testkit/gateway-bus";
import { tokenOf } from "@exosphere/testkit/user-tokens";
import { type Frame, WsClient } from "@exosphere/testkit/ws-client";
import { request } from "undici";

describe("the HTTP interface of the gateway", function () {
  this.timeout(60_000);
  let bus: GatewayBus;
  let url: string;
  let admin: string;
  let calls: number;

  before(async () => {
    bus = await GatewayBus.start();
    const argv = ["--allow-origins", "https://app.example", "--max-payload", "64KiB"];
    ({ url, admin } = await bus.startGateway(...argv, ...bus.secretSettings));
    bus.server.handle("ask", ({ payload, auth, id }, { traceparent }) => {
      calls += 1;
      return { name: "answered", payload: { payload, auth, id, traceparent } };
    });
    bus.server.handle("tell", () => {});
    bus.server.handle("mail us", () => ({ name: "answered" }));
    bus.server.handle("mine", () => ({ name: "answered" }));
    bus.server.handle("fail", () => {
      throw new Error("on purpose");
    });
  });

  beforeEach(() => {
    calls = 0;
  });

  after(() => bus.stop());

  const call = async (path: string, options: Parameters<typeof fetch>[1] = {}) => {
    const response = await fetch(url + path, { method: "POST", ...options });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text === "" ? {} : JSON.parse(text)) as Frame };
  };

  it("sends, and answers 202 with the ids", async () => {
    const { status, body } = await call("/v1/send/tell", {
      body: '{"a":1}',
      headers: { "exo-message-id": "m", "exo-activity-id": "a" },
    });
    assert.deepEqual([status, body], [202, { id: "m", activityId: "a" }]);
  });

  it("answers 426 to a WebSocket whose Upgrade a proxy has dropped", async () => {
    const key = { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==", "sec-websocket-version": "13" };
    for (const path of ["/v1/socket", "/"]) {
      const { statusCode, headers, body } = await request(url + path, { headers: key });
      assert.deepEqual([statusCode, headers.upgrade], [426, "websocket"], path);
      assert.match(String(((await body.json()) as Frame).detail), /proxy.*Upgrade and Connection/);
    }
    const { statusCode, body } = await request(`${url}/`);
    await body.dump();
    assert.equal(statusCode, 404);
  });

  it("answers 304 for a description that is known, and counts 404s and preflights", async () => {
    for (const path of ["/openapi.json", "/asyncapi.json"]) {
      const first = await fetch(url + path);
      const etag = String(first.headers.get("etag"));
      await first.text();
      const again = await fetch(url + path, { headers: { "if-none-match": `"x", ${etag}` } });
      assert.deepEqual([again.status, again.headers.get("etag"), await again.text()], [304, etag, ""]);
      assert.equal((await fetch(url + path, { headers: { "if-none-match": '"x"' } })).status, 200);
    }
    const count = async (code: number) =>
      (await metricOf(admin, `exo_gateway_requests_total{route="other",code="${code}"}`)) ?? 0;
    const before = [await count(404), await count(204)] as const;
    assert.equal((await fetch(`${url}/nowhere`)).status, 404);
    const preflight = { origin: "https://app.example", "access-control-request-method": "POST" };
    const asked = await request(`${url}/nowhere`, { method: "OPTIONS", headers: preflight });
    assert.equal(asked.statusCode, 204);
    await eventually("both counted", async () => {
      const after = [await count(404), await count(204)] as const;
      return after[0] === before[0] + 1 && after[1] === before[1] + 1;
    });
  });

  it("tells clients neither the role of the gateway nor files of the application", async () => {
    const argv = ["--rules", bus.file("more.json", JSON.stringify({ role: "clients", clients: { anonymous: { sends: ["nothing of the role"], receives: [] } } }))]; // biome-ignore format: one line
    const broker = `127.0.0.1:${bus.broker.port}`;
    const own = await bus.startGatewayWith([...argv, "--broker", broker, "--log-level", "error", "--no-pretty"]);
    const response = await fetch(`${own.url}/v1/send/nothing%20of%20the%20role`, { method: "POST" });
    const problem = (await response.json()) as Frame;
    assert.deepEqual([response.status, problem.reason, problem.role], [403, "NOT_ALLOWED", undefined]);
    assert.doesNotMatch(String(problem.detail), /service\.yml|Role|clients'/);
    own.close();
  });

  it("asks, and answers 200 with the reply as a message without auth", async () => {
    const { status, body } = await call("/v1/request/ask", { body: "[1]" });
    assert.deepEqual([status, body.name], [200, "answered"]);
    assert.ok(!("auth" in body));
    const { payload, auth } = body.payload as { payload: unknown; auth: Frame };
    assert.deepEqual([payload, Object.keys(auth)], [[1], ["sessionId"]]);
  });

  it("gives up what a caller asked that hung up while its body was decompressed", async () => {
    const remove = bus.server.handle("answer", () => new Promise<void>(() => {}));
    const body = gzipSync(`"${"x".repeat(60_000)}"`);
    const head = `POST /v1/request/answer HTTP/1.1\r\nhost: localhost\r\ncontent-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`;
    for (let count = 0; count < 10; count += 1) {
      const socket = connect(Number(new URL(url).port), "127.0.0.1");
      socket.on("error", () => {});
      socket.write(head);
      socket.write(body, () => socket.resetAndDestroy());
    }
    const asked = 'exo_gateway_requests_total{route="request",code="499"}';
    await eventually("all to have hung up", async () => ((await metricOf(admin, asked)) ?? 0) >= 10);
    await eventually("nothing open", async () => (await metricOf(admin, "exo_gateway_open_requests")) === 0, 2_000);
    remove();
  });

  it("answers a HEAD of the events at once, and opens nothing", async () => {
    const answer = await fetch(`${url}/v1/events`, { method: "HEAD", signal: AbortSignal.timeout(5_000) });
    assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "text/event-stream"]);
    assert.equal(await metricOf(admin, 'exo_gateway_clients{transport="sse"}'), 0);
  });

  it("decodes the name once", async () => {
    assert.equal((await call("/v1/request/mail%20us")).status, 200);
    assert.equal((await call("/v1/request/mail%2520us")).status, 403);
  });

  it("ignores an auth of the caller, right or wrong", async () => {
    for (const auth of ['{"user":"root"}', "not json"]) {
      const { body } = await call("/v1/request/ask", { headers: { "exo-auth": auth } });
      assert.deepEqual(Object.keys((body.payload as { auth: Frame }).auth), ["sessionId"]);
    }
  });

  it("goes on with the caller's trace", async () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const { body } = await call("/v1/request/ask", { headers: { traceparent } });
    assert.ok(String((body.payload as Frame).traceparent).startsWith("00-4bf92f3577b34da6a3ce929d0e0e4736-"));
  });

  it("answers every refusal with a problem", async () => {
    const cases: [string, Parameters<typeof fetch>[1], number, string | undefined][] = [
      ["/v1/send/mine", {}, 403, "NOT_ALLOWED"],
      ["/v1/send/unheard.of", {}, 403, "NOT_ALLOWED"],
      ["/v1/send/tell", { body: "{" }, 400, "INVALID_MESSAGE"],
      ["/v1/send/", {}, 400, "INVALID_MESSAGE"],
      ["/v1/send/%ff", {}, 400, "INVALID_MESSAGE"],
      ["/v1/send/tell", { body: "1".repeat(65 * 1024) }, 413, "PAYLOAD_TOO_LARGE"],
      ["/v1/send/tell", { headers: { "exo-deadline": "soon" } }, 400, "INVALID_MESSAGE"],
      ["/v1/request/fail", {}, 502, "HANDLER_FAILED"],
      ["/v1/send/tell", { headers: { "exo-session": "nonsense" } }, 401, "UNAUTHENTICATED"],
      ["/v1/send/tell", { headers: { authorization: "Basic x" } }, 401, "UNAUTHENTICATED"],
      ["/v1/session", { method: "DELETE" }, 401, "UNAUTHENTICATED"],
      ["/v1/ack", { body: "{}", headers: { "exo-session": "nonsense" } }, 401, "UNAUTHENTICATED"],
      ["/elsewhere", {}, 404, undefined],
      ["/v1/events", {}, 405, undefined],
      ["/v1/send/tell", { headers: { origin: "https://evil.example" } }, 403, "NOT_ALLOWED"],
      ["/v1/send/tell", { headers: { "content-encoding": "zstd" }, body: "1" }, 400, "INVALID_MESSAGE"],
      ["/v1/send/tell", { headers: { "content-encoding": "gzip" }, body: "1" }, 400, "INVALID_MESSAGE"],
      ["/v1/send/tell", { headers: { "idempotency-key": "a b" }, body: "1" }, 400, "INVALID_MESSAGE"],
    ];
    for (const [path, options, status, reason] of cases) {
      const answer = await call(path, options);
      assert.deepEqual([path, answer.status, answer.body.reason], [path, status, reason]);
      assert.equal(answer.headers.get("content-type"), "application/problem+json");
    }
  });

  it("refuses a Host that it does not serve", async () => {
    const { statusCode, body } = await request(`${url}/v1/send/tell`, {
      method: "POST",
      headers: { host: "evil.example" },
    });
    assert.deepEqual([statusCode, ((await body.json()) as Frame).reason], [403, "NOT_ALLOWED"]);
  });

  describe("with an Idempotency-Key", () => {
    const keyed = (key: string, body: string, path = "/v1/request/ask", headers = {}) =>
      call(path, { body, headers: { "idempotency-key": key, ...headers } });

    it("gives the same answer again, and does nothing again", async () => {
      const first = await keyed('"one"', "1");
      const second = await keyed('"one"', "1");
      assert.deepEqual(second.body, first.body);
      assert.deepEqual(
        [first.headers.get("idempotency-replayed"), second.headers.get("idempotency-replayed"), calls],
        [null, "true", 1],
      );
    });

    it("refuses the key for anything else", async () => {
      await keyed('"two"', "1");
      assert.equal((await keyed('"two"', "2")).status, 422);
      assert.equal((await keyed('"two"', "1", "/v1/send/ask")).status, 422);
      assert.equal(calls, 1);
    });

    it("refuses a second call while the first is under way", async () => {
      let answer: (() => void) | undefined;
      const remove = bus.server.handle("answer", async () => {
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
        return { name: "answered" };
      });
      const first = keyed('"three"', "1", "/v1/request/answer");
      await eventually("the first call", () => answer);
      assert.equal((await keyed('"three"', "1", "/v1/request/answer")).status, 409);
      answer?.();
      assert.equal((await first).status, 200);
      assert.equal((await keyed('"three"', "1", "/v1/request/answer")).status, 200);
      remove();
    });

    it("keeps the keys of users apart", async () => {
      const ids = [];
      for (const user of ["ada", "bea"]) {
        const authorization = `Bearer ${await tokenOf(user)}`;
        ids.push(((await keyed('"four"', "1", undefined, { authorization })).body.payload as Frame).id);
      }
      assert.notEqual(ids[0], ids[1]);
    });

    it("forgets a call that had no effect, and remembers one that failed midway", async () => {
      assert.equal((await keyed('"five"', "{")).status, 400);
      assert.equal((await keyed('"five"', "5")).status, 200);
      const first = await keyed('"six"', "1", "/v1/request/fail");
      const second = await keyed('"six"', "1", "/v1/request/fail");
      assert.deepEqual([first.status, second.status, second.headers.get("idempotency-replayed")], [502, 502, "true"]);
    });
  });

  describe("for web pages", () => {
    const origin = "https://app.example";

    it("answers the preflight of an allowed page", async () => {
      const { statusCode, headers } = await request(`${url}/v1/send/tell`, {
        method: "OPTIONS",
        headers: {
          origin,
          "access-control-request-method": "POST",
          "access-control-request-headers": "authorization,idempotency-key",
        },
      });
      assert.deepEqual([statusCode, headers["access-control-allow-origin"]], [204, origin]);
      assert.match(String(headers["access-control-allow-headers"]), /authorization.*idempotency-key/);
      assert.match(String(headers["access-control-allow-methods"]), /POST/);
      assert.equal(headers["access-control-allow-credentials"], undefined);
    });

    it("lets an allowed page read answers and refusals, and no other", async () => {
      for (const path of ["/v1/send/tell", "/v1/send/mine"]) {
        const { headers } = await call(path, { headers: { origin } });
        assert.equal(headers.get("access-control-allow-origin"), origin);
        assert.match(headers.get("access-control-expose-headers") ?? "", /ratelimit/);
        assert.match(headers.get("vary") ?? "", /origin/);
      }
      const { headers } = await call("/v1/send/tell", { headers: { origin: "https://evil.example" } });
      assert.equal(headers.get("access-control-allow-origin"), null);
    });

    it("refuses what a page of another site causes without saying its origin, but for links to the descriptions", async () => {
      const status = async (path: string, mode: string, dest: string) => {
        const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": mode, "sec-fetch-dest": dest };
        const { statusCode, body } = await request(url + path, { headers });
        await body.dump();
        return statusCode;
      };
      assert.equal(await status("/v1/events", "navigate", "iframe"), 403);
      assert.equal(await status("/v1/events", "navigate", "document"), 403);
      assert.equal(await status("/v1/events", "no-cors", "image"), 403);
      assert.equal(await status("/openapi.json", "no-cors", "script"), 403);
      assert.equal(await status("/openapi.json", "navigate", "document"), 200);
    });
  });

  describe("compresses", () => {
    const get = async (accepted: string) => {
      const { headers, body } = await request(`${url}/openapi.json`, { headers: { "accept-encoding": accepted } });
      return { encoding: headers["content-encoding"], bytes: Buffer.from(await body.arrayBuffer()) };
    };

    it("answers as the client takes them", async () => {
      const plain = await get("identity");
      const gzipped = await get("gzip;q=1, br;q=0");
      const best = await get("gzip, br");
      assert.deepEqual([plain.encoding, gzipped.encoding, best.encoding], [undefined, "gzip", "br"]);
      assert.deepEqual(gunzipSync(gzipped.bytes), plain.bytes);
      assert.deepEqual(brotliDecompressSync(best.bytes), plain.bytes);
      assert.equal((await get("gzip;q=0, *;q=0")).encoding, undefined);
    });

    it("nothing that is small", async () => {
      const { headers } = await request(`${url}/v1/send/tell`, {
        method: "POST",
        headers: { "accept-encoding": "gzip" },
      });
      assert.equal(headers["content-encoding"], undefined);
    });

    it("and takes compressed bodies, but no bombs", async () => {
      const headers = { "content-encoding": "gzip" };
      const { body } = await call("/v1/request/ask", { headers, body: gzipSync('{"a":1}') });
      assert.deepEqual((body.payload as Frame).payload, { a: 1 });
      const bomb = await call("/v1/request/ask", { headers, body: gzipSync(Buffer.alloc(10_000_000, "1")) });
      assert.equal(bomb.body.reason, "PAYLOAD_TOO_LARGE");
    });
  });

  it("opens sessions, to which later messages of a call are pushed", async () => {
    const opened = (await call("/v1/session")).body as { session: string; sessionId: string };
    const client = await WsClient.connect(url, { session: opened.session, offset: 0 });
    await call("/v1/send/ask", { headers: { "exo-session": opened.session } });
    assert.equal((await client.message()).name, "answered");
    const { status } = await call("/v1/session", { method: "DELETE", headers: { "exo-session": opened.session } });
    assert.deepEqual([status, (await client.end()).code], [204, 1000]);
    assert.equal((await call("/v1/send/tell", { headers: { "exo-session": opened.session } })).status, 401);
  });

  it("signs a session in", async () => {
    const { session } = (await call("/v1/session")).body as { session: string };
    const authorization = `Bearer ${await tokenOf("ada")}`;
    const signedIn = (await call("/v1/session", { headers: { "exo-session": session, authorization } })).body as Frame;
    assert.deepEqual([signedIn.user, (signedIn.sessionId as string) === session.split(".")[0]], ["ada", true]);
    const { status } = await call("/v1/send/mine", { headers: { "exo-session": signedIn.session as string } });
    assert.equal(status, 202);
  });

  it("signs no session in without telling its new token", async () => {
    const { session } = (await call("/v1/session")).body as { session: string };
    const both = { "exo-session": session, authorization: `Bearer ${await tokenOf("ada")}` };
    for (const path of ["/v1/send/mine", "/v1/request/ask"]) {
      const { status, body } = await call(path, { headers: both });
      assert.deepEqual([status, body.error], [401, "invalid_session"]);
    }
    assert.equal((await call("/v1/ack", { headers: both, body: '{"offset":0}' })).status, 204);
    assert.equal((await call("/v1/send/tell", { headers: { "exo-session": session } })).status, 202);
    assert.equal((await call("/v1/session", { method: "DELETE", headers: both })).status, 204);
  });

  it("counts by route and code", async () => {
    const metrics = await metricsOf(admin);
    assert.ok((metrics.get('exo_gateway_requests_total{route="send",code="202"}') ?? 0) > 0);
    assert.ok((metrics.get('exo_gateway_request_seconds_count{route="request"}') ?? 0) > 0);
    assert.ok([...metrics.keys()].every((name) => !name.includes("unheard")));
  });
});
