import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingHttpHeaders, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Refusal } from "@exosphere/message";
import { ExoError } from "@exosphere/proto";
import { collectingLog } from "@exosphere/telemetry";
import type { Endpoint } from "./endpoint.ts";
import { createJsonEdge, type JsonEdgeOptions } from "./json-edge.ts";
import { restOf } from "./router.ts";

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const echo = (method: Endpoint["method"], path: string): Endpoint => ({
  method,
  path,
  handle: (_request, response, match) => void response.end(`${method} ${path} ${restOf(match)}`),
});

const throwing = (path: string, error: Error): Endpoint => ({
  method: "GET",
  path,
  handle() {
    throw error;
  },
});

describe("the JSON edge", () => {
  let server: Server | undefined;
  const { log, lines } = collectingLog();

  /** Serves, and gives what asks. */
  async function edgeWith(options: Partial<JsonEdgeOptions>) {
    server = createJsonEdge({ endpoints: [echo("GET", "/status")], hosts: [], origins: [], log, ...options });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return (method: string, path: string, headers: Record<string, string> = {}) =>
      new Promise<Answer>((resolve, reject) => {
        const call = request({ port, host: "127.0.0.1", method, path, headers, agent: false }, (response) => {
          let text = "";
          response.on("data", (chunk) => {
            text += chunk;
          });
          response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text }));
        });
        call.on("error", reject);
        call.end();
      });
  }

  afterEach(async () => {
    server?.closeAllConnections();
    if (server) await new Promise((resolve) => server?.close(resolve));
  });

  it("answers by the endpoint that a request leads to, and refuses what it rejects with", async () => {
    const rejecting = { ...echo("GET", "/rejects"), handle: () => Promise.reject(new Refusal("Later.")) };
    const ask = await edgeWith({ endpoints: [echo("POST", "/v1/send/"), echo("GET", "/status"), rejecting] });
    assert.equal((await ask("POST", "/v1/send/a%2Fb/c?x=1")).text, "POST /v1/send/ a/b/c");
    assert.equal((await ask("GET", "/status?verbose")).text, "GET /status ");
    assert.equal((await ask("POST", "/v1/send/%ff")).status, 400);
    assert.deepEqual(JSON.parse((await ask("GET", "/rejects")).text).detail, "Later.");
  });

  it("says for an unknown path what there is", async () => {
    const ask = await edgeWith({ endpoints: [echo("POST", "/v1/send/"), echo("GET", "/status")] });
    const { status, text } = await ask("POST", "/v1/send");
    assert.equal(status, 404);
    assert.match(text, /There is: POST \/v1\/send\/<name>, GET \/status\./);
  });

  it("does not take the body of a call that nobody serves for the next request", async () => {
    const ask = await edgeWith({});
    assert.equal((await ask("POST", "/nowhere", { "content-length": "0" })).headers.connection, "close");
  });

  it("is open to programs of this machine by any name of it, and by the names that it is told", async () => {
    const ask = await edgeWith({ hosts: ["exo.internal"] });
    for (const host of ["localhost", "localhost:4200", "127.0.0.1:1", "[::1]:4200", "LocalHost", "exo.internal:80"]) {
      assert.equal((await ask("GET", "/status", { host })).status, 200, host);
    }
  });

  it("refuses any other host: a web page may have made its own name resolve to this machine", async () => {
    const ask = await edgeWith({});
    for (const host of ["example.org", "localhost.example.org", "127.0.0.1.nip.io", "evil:4200", "0.0.0.0", " "]) {
      const { status, text } = await ask("GET", "/status", { host });
      assert.equal(status, 403, host);
      assert.equal(JSON.parse(text).reason, "NOT_ALLOWED");
    }
  });

  it("refuses web pages, whatever they ask for, unless they are named", async () => {
    const ask = await edgeWith({ origins: ["https://app.example"] });
    for (const origin of [
      "https://example.org",
      "http://localhost:3000",
      "http://127.0.0.1",
      "null",
      "https://app.example:8443",
      "http://app.example",
    ]) {
      assert.equal((await ask("GET", "/status", { origin })).status, 403, origin);
      assert.equal((await ask("GET", "/nowhere", { origin })).status, 403, origin);
    }
    assert.equal((await ask("GET", "/status", { origin: "https://app.example" })).status, 200);
  });

  it("lets pages that are named read the answers, also that their token is wrong, and nobody else's", async () => {
    const origin = "https://app.example";
    const ask = await edgeWith({ origins: [origin], tokens: () => ["right"] });
    for (const [authorization, status] of [
      ["Bearer right", 200],
      ["Bearer wrong", 401],
    ] as const) {
      const { headers, ...answer } = await ask("GET", "/status", { origin, authorization });
      assert.equal(answer.status, status);
      assert.deepEqual([headers["access-control-allow-origin"], headers.vary], [origin, "origin"]);
    }
    const other = await ask("GET", "/status", { origin: "https://other.example", authorization: "Bearer right" });
    assert.equal(other.headers["access-control-allow-origin"], undefined);
  });

  it("tells browsers what pages that are named may send, without the token that browsers leave out of the question", async () => {
    const ask = await edgeWith({ origins: ["https://app.example"], tokens: () => ["right"] });
    const question = { "access-control-request-method": "POST", "access-control-request-headers": "exo-activity-id" };
    const { status, headers } = await ask("OPTIONS", "/v1/send/x", { ...question, origin: "https://app.example" });
    assert.deepEqual([status, headers["access-control-allow-methods"]], [204, "GET, POST"]);
    assert.match(headers["access-control-allow-headers"] ?? "", /^authorization, content-type, .*exo-activity-id/);
    assert.equal((await ask("OPTIONS", "/v1/send/x", { ...question, origin: "https://other.example" })).status, 403);
  });

  it("makes INVALID_MESSAGE of a refusal, and a problem of an error of the catalogue", async () => {
    const full = new ExoError("QUEUE_FULL", "Wait.", { retryAfterMs: 1500, facts: { limit: 7 } });
    const ask = await edgeWith({ endpoints: [throwing("/refused", new Refusal("No.")), throwing("/full", full)] });
    const refused = await ask("GET", "/refused");
    assert.deepEqual(
      [refused.status, JSON.parse(refused.text)],
      [
        400,
        {
          type: "urn:exosphere:problem:invalid_message",
          title: "The message is malformed",
          status: 400,
          detail: "No.",
          reason: "INVALID_MESSAGE",
        },
      ],
    );
    const { status, headers, text } = await ask("GET", "/full");
    assert.deepEqual([status, headers["retry-after"], JSON.parse(text).limit], [429, "2", 7]);
  });

  it("tells nothing of an unexpected error but an id, under which the log has it", async () => {
    const ask = await edgeWith({ endpoints: [throwing("/broken", new Error("secret of the house"))] });
    const { status, text } = await ask("GET", "/broken");
    assert.equal(status, 500);
    assert.doesNotMatch(text, /secret/);
    const { id } = JSON.parse(text);
    assert.ok(lines.some((line) => line.id === id && JSON.stringify(line).includes("secret of the house")));
  });
});
