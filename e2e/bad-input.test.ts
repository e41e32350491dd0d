import assert from "node:assert/strict";
import { metricOf } from "@exosphere/testkit";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, type EdgeAnswer, post, send } from "@exosphere/testkit/messages";
import { rawExchange, rawPost } from "@exosphere/testkit/raw-http";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const mebibyte = 1024 * 1024;

function assertProblem(answer: EdgeAnswer, status: number, reason: string, detail: RegExp): void {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
  assert.equal(answer.json.reason, reason);
  assert.match(String(answer.json.detail), detail);
}

describe("The edge of a sidecar", () => {
  const mesh = new Mesh();
  let web: SidecarProcess;
  let users: AppUnderTest;
  const odd = ["a/b", "a%2Fb", "user created", "grüße", "a+b?c#d", "100%", "..", "x".repeat(255)];

  before(async () => {
    await mesh.startBroker({
      routes: { web: { sends: ["tell", "nobody", ...odd] }, users: { receives: ["tell", "unsent", ...odd] } },
    });
    const [sidecar, service] = await Promise.all([mesh.startSidecar("web"), mesh.startService("users")]);
    web = sidecar;
    users = service.app;
  });
  beforeEach(() => users.reset());
  after(() => mesh.stop());

  it("takes names with slashes, percent signs, spaces and any letters, and gives them to the app as one segment", async () => {
    for (const name of odd) {
      const { status } = await rawExchange(web.port, rawPost(`/v1/send/${encodeURIComponent(name)}`, "1"));
      assert.equal(status, 202, name);
      const { path } = await users.delivery(name);
      assert.equal(path, `/run/${encodeURIComponent(name)}`);
    }
  });

  it("decodes a name exactly once", async () => {
    for (const [path, name] of [
      ["a%2Fb", "a/b"],
      ["a/b", "a/b"],
      ["a%252Fb", "a%2Fb"],
      ["user%20created", "user created"],
    ] as const) {
      users.reset();
      assert.equal((await rawExchange(web.port, rawPost(`/v1/send/${path}`, "1"))).status, 202, path);
      await users.delivery(name);
    }
  });

  it("refuses a name that is none, and says what is wrong with it", async () => {
    for (const [path, detail] of [
      ["x".repeat(300), /at most 255 bytes/],
      [encodeURIComponent("ü".repeat(150)), /at most 255 bytes/],
      ["a%00b", /control characters/],
      ["%0d%0aset-cookie:x", /control characters/],
      ["", /needs a name/],
      ["%", /percent-encoded UTF-8/],
      ["a%zz", /percent-encoded UTF-8/],
      ["%C3%28", /percent-encoded UTF-8/],
    ] as const) {
      for (const verb of ["send", "request"]) {
        assertProblem(await post(`${web.edge}/v1/${verb}/${path}`, "1"), 400, "INVALID_MESSAGE", detail);
      }
    }
  });

  it("refuses a body that is not JSON, or not UTF-8", async () => {
    for (const body of ["hello", "{", "{a:1}", "[1,]", "1 2", " ", "NaN", "'x'", "\ufeff1"]) {
      assertProblem(await send(web.edge, "tell", body), 400, "INVALID_MESSAGE", /^The body must be JSON/);
    }
    const latin1 = Uint8Array.from(Buffer.from('"gr\xfc\xdfe"', "latin1"));
    assertProblem(await send(web.edge, "tell", latin1), 400, "INVALID_MESSAGE", /not UTF-8/);
    assertProblem(await ask(web.edge, "tell", latin1), 400, "INVALID_MESSAGE", /not UTF-8/);
  });

  it("refuses headers that are none", async () => {
    for (const [header, value, detail] of [
      ["exo-deadline", "soon", /'soon' is not a deadline/],
      ["exo-deadline", "0ms", /'0ms' is not a deadline/],
      ["exo-deadline", "25h", /from 1ms to 24h/],
      ["exo-auth", "me", /^exo-auth must be JSON/],
      ["exo-message-id", "x".repeat(256), /^exo-message-id has at most 255/],
      ["exo-activity-id", "x".repeat(256), /^exo-activity-id has at most 255/],
      ["exo-response-to", "x".repeat(256), /^exo-response-to has at most 255/],
    ] as const) {
      assertProblem(await send(web.edge, "tell", "1", { [header]: value }), 400, "INVALID_MESSAGE", detail);
    }
  });

  it("refuses what the role may not send, and what nobody receives", async () => {
    for (const verb of [send, ask]) {
      const notAllowed = await verb(web.edge, "unsent", "1");
      assertProblem(notAllowed, 403, "NOT_ALLOWED", /'web' may not send 'unsent'/);
      assert.deepEqual([notAllowed.json.role, notAllowed.json.name], ["web", "unsent"]);
      assertProblem(await verb(web.edge, "no such message", "1"), 403, "NOT_ALLOWED", /'no such message'/);
      assertProblem(await verb(web.edge, "nobody", "1"), 404, "NO_RECEIVERS", /'nobody'/);
    }
  });

  it("takes a payload of 1 MiB, and not a byte more", async () => {
    const largest = `"${"x".repeat(mebibyte - 2)}"`;
    assert.equal((await send(web.edge, "tell", largest)).status, 202);
    assert.equal((await users.delivery("tell")).message.payload, largest.slice(1, -1));
    const refused = await send(web.edge, "tell", `${largest} `);
    assertProblem(refused, 413, "PAYLOAD_TOO_LARGE", /1048576 bytes/);
    assert.equal(refused.json.limit, mebibyte);
  });

  it("refuses 100 MiB by its Content-Length, before it has come", async () => {
    const head = `POST /v1/send/tell HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${100 * mebibyte}\r\n\r\n`;
    const { status, body } = await rawExchange(web.port, head);
    assert.equal(status, 413);
    assert.equal(JSON.parse(body.toString()).reason, "PAYLOAD_TOO_LARGE");
  });

  it("refuses 100 MiB in chunks, without keeping them", async () => {
    const rss = () => metricOf(web.admin, "process_resident_memory_bytes");
    const before = Number(await rss());
    async function* endless() {
      yield Buffer.from("POST /v1/send/tell HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n");
      const chunk = Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(65_536, "x"), Buffer.from("\r\n")]);
      for (let sent = 0; sent < 1600; sent += 1) yield chunk;
    }
    const { status } = await rawExchange(web.port, endless());
    assert.equal(status, 413);
    assert.ok(Number(await rss()) - before < 50 * mebibyte);
    assert.equal((await send(web.edge, "tell", "1")).status, 202);
    // Not in the midst of the next test.
    await users.delivery("tell");
  });

  it("is no place for web pages", async () => {
    for (const headers of [
      { host: "example.org" },
      { host: "evil.example:4200" },
      { origin: "http://localhost:3000" },
      { origin: "null" },
      { origin: "https://example.org" },
    ]) {
      const answer = await rawExchange(web.port, rawPost("/v1/send/tell", "1", headers));
      assert.equal(answer.status, 403, JSON.stringify(headers));
      assert.equal(JSON.parse(answer.body.toString()).reason, "NOT_ALLOWED");
    }
    assert.equal((await rawExchange(web.port, "GET /status HTTP/1.1\r\nhost:\r\n\r\n")).status, 403);
    assert.equal(
      (await rawExchange(web.port, "GET /status HTTP/1.1\r\nhost: localhost\r\nhost: evil\r\n\r\n")).status,
      403,
    );
    assert.equal(users.received("tell").length, 0);
  });

  it("says what there is where there is nothing", async () => {
    const unknown = await fetch(`${web.edge}/v1/sendx/tell`, { method: "POST", body: "1" });
    assert.equal(unknown.status, 404);
    assert.match(await unknown.text(), /POST \/v1\/send\/<name>/);
    const wrongMethod = await fetch(`${web.edge}/v1/send/tell`);
    assert.deepEqual([wrongMethod.status, wrongMethod.headers.get("allow")], [405, "POST"]);
    await wrongMethod.text();
  });

  it("counts what it refuses, under no name that the routes lack", async () => {
    const refused = async () => {
      const sums: Record<string, number> = {};
      for (const [name, outcome] of [
        ["tell", "invalid_message"],
        ["tell", "payload_too_large"],
        ["unknown", "not_allowed"],
        ["nobody", "no_receivers"],
      ]) {
        const sample = `exo_sidecar_sent_total{name="${name}",outcome="${outcome}"}`;
        sums[`${name} ${outcome}`] = (await metricOf(web.admin, sample)) ?? 0;
      }
      return sums;
    };
    const before = await refused();
    await send(web.edge, "tell", "{");
    await send(web.edge, "tell", "x".repeat(mebibyte + 1));
    await send(web.edge, "made up by a client", "1");
    await send(web.edge, "nobody", "1");
    const after = await refused();
    assert.deepEqual(after, Object.fromEntries(Object.entries(before).map(([key, value]) => [key, value + 1])));
  });
});
