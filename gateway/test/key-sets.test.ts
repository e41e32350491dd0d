import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { connect } from "@exosphere/client";
import { freePorts } from "@exosphere/process";
import { eventually, metricOf } from "@exosphere/testkit";
import { GatewayBus } from "@exosphere/testkit/gateway-bus";
import { LocalServers } from "@exosphere/testkit/local-servers";
import { keysOf } from "@exosphere/testkit/user-tokens";
import { WsClient } from "@exosphere/testkit/ws-client";
import { exportJWK, SignJWT } from "jose";

const claims = { sub: "ada", aud: "app", iss: "issuer" };

type PrivateKey = Awaited<ReturnType<typeof keysOf>>["privateKey"];

/** A token signed with a key, which it names if it is given a name. */
function sign(key: PrivateKey, kid?: string, more: object = {}): Promise<string> {
  const header = { alg: "ES256", ...(kid !== undefined && { kid }) };
  return new SignJWT({ ...claims, ...more }).setProtectedHeader(header).setExpirationTime("1h").sign(key);
}

async function signIn(url: string, token: string) {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/v1/session`, { method: "POST", headers });
  const { reason, user, detail } = (await response.json()) as Record<string, string>;
  return { status: response.status, retryAfter: response.headers.get("retry-after"), reason, user, detail };
}

describe("key sets of identity providers", function () {
  this.timeout(60_000);
  let bus: GatewayBus;
  const servers = new LocalServers();

  before(async () => {
    bus = await GatewayBus.start();
  });

  after(async () => {
    await bus.stop();
    servers.close();
  });

  const settings = (...source: string[]) => [
    ...source,
    ...["--jwt-algorithms", "ES256", "--jwt-issuer", "issuer", "--jwt-audience", "app"],
  ];

  async function serve(handle: RequestListener, port?: number): Promise<string> {
    return `${await servers.serve(handle, port)}/keys`;
  }

  const failing: Record<string, RequestListener> = {
    "answers 500": (_request, response) => response.writeHead(500).end(),
    "answers with a page of HTML": (_request, response) => response.end("<html>"),
    "redirects to somewhere else": (_request, response) => response.writeHead(302, { location: "/other" }).end(),
    "answers without an end": (_request, response) => {
      const part = Buffer.alloc(64 * 1024, " ");
      const write = () => {
        while (!response.destroyed && response.write(part));
      };
      response.on("drain", write);
      write();
    },
    "has thousands of keys": (_request, response) =>
      response.end(JSON.stringify({ keys: Array.from({ length: 5_000 }, () => ({ kty: "EC" })) })),
  };
  for (const [what, handle] of Object.entries(failing)) {
    it(`that cannot be had make valid tokens wait where the provider ${what}`, async () => {
      const { url, admin } = await bus.startGateway(...settings("--jwt-jwks-url", await serve(handle)));
      const { privateKey } = await keysOf("ES256");
      const { status, reason, retryAfter } = await signIn(url, await sign(privateKey, "1"));
      assert.deepEqual([status, reason, retryAfter], [503, "IDENTITY_UNAVAILABLE", "1"]);
      assert.equal(await metricOf(admin, 'exo_gateway_jwks_fetches_total{outcome="failed"}'), 1);
      assert.equal(await metricOf(admin, 'exo_gateway_tokens_refused_total{reason="keys_unavailable"}'), 1);
    });
  }

  it("that come back let clients in which waited for them, over HTTP, WebSockets and event streams", async () => {
    const [port] = (await freePorts(1)) as [number];
    const { url, admin } = await bus.startGateway(...settings("--jwt-jwks-url", `http://127.0.0.1:${port}/keys`));
    const { privateKey, publicKey } = await keysOf("ES256");
    const token = await sign(privateKey, "1");
    const headers = { authorization: `Bearer ${token}` };
    const events = await fetch(`${url}/v1/events`, { headers });
    assert.deepEqual([events.status, events.headers.get("retry-after")], [503, "1"]);
    const socket = await WsClient.open(url);
    socket.send({ type: "connect", token });
    assert.equal((await socket.end()).code, 1013);
    const upgrade = (await WsClient.open(url, { headers }).catch((error: unknown) => error)) as { status: number };
    assert.equal(upgrade.status, 503);
    const statuses: string[] = [];
    const address = `${url.replace("http", "ws")}/v1/socket`;
    const client = connect({ url: address, token, backoffMs: [10, 100], onError: () => {} });
    client.onStatus(({ kind }) => statuses.push(kind));
    await eventually("a first refusal of the client", () => statuses.includes("offline"));
    const keys = [{ ...(await exportJWK(publicKey)), kid: "1" }];
    await serve((_request, response) => response.end(JSON.stringify({ keys })), port);
    await eventually("the client online", () => client.status.kind === "online" && client.status.user === "ada");
    assert.ok(!statuses.includes("closed"));
    client.close();
    assert.equal((await signIn(url, token)).status, 200);
    const age = await metricOf(admin, "exo_gateway_jwks_age_seconds");
    assert.ok(age !== undefined && age >= 0 && age < 60, String(age));
  });

  it("may have several keys without a name, each of which is tried", async () => {
    const [one, two, stranger] = [await keysOf("ES256"), await keysOf("ES256"), await keysOf("ES256")];
    const keys = [await exportJWK(one.publicKey), await exportJWK(two.publicKey)];
    const file = bus.file("keys.json", JSON.stringify({ keys }));
    const { url } = await bus.startGateway(...settings("--jwt-jwks-file", file));
    assert.equal((await signIn(url, await sign(one.privateKey))).user, "ada");
    assert.equal((await signIn(url, await sign(two.privateKey))).user, "ada");
    assert.equal((await signIn(url, await sign(stranger.privateKey))).status, 401);
  });

  it("let tokens be refused for a subject that is not usable, and its bearer hears why", async () => {
    const { privateKey, publicKey } = await keysOf("ES256");
    const file = bus.file("key.json", JSON.stringify({ keys: [await exportJWK(publicKey)] }));
    const { url, admin } = await bus.startGateway(...settings("--jwt-jwks-file", file));
    const number = await signIn(url, await sign(privateKey, undefined, { sub: 42 }));
    assert.deepEqual([number.status, number.reason], [401, "UNAUTHENTICATED"]);
    assert.match(String(number.detail), /'sub' of the token is a number.*text of 1 to 255 characters/);
    const long = await signIn(url, await sign(privateKey, undefined, { sub: "x".repeat(300) }));
    assert.match(String(long.detail), /has 300 characters/);
    for (const reason of ["subject_not_text", "subject_length"])
      assert.equal(await metricOf(admin, `exo_gateway_tokens_refused_total{reason="${reason}"}`), 1);
  });
});
