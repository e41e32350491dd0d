import assert from "node:assert/strict";
import { eventually, metricOf } from "@exosphere/testkit";
import { GatewayBus } from "@exosphere/testkit/gateway-bus";
import { LocalServers } from "@exosphere/testkit/local-servers";
import { keysOf, secret, tokenOf } from "@exosphere/testkit/user-tokens";
import { WsClient } from "@exosphere/testkit/ws-client";
import { base64url, exportJWK, SignJWT, UnsecuredJWT } from "jose";

const now = () => Math.floor(Date.now() / 1000);

/** All that a refused caller may learn. */
const details: ReadonlySet<string> = new Set([
  "The token is not accepted here.",
  "The token has expired. Get a new one.",
  "The token is not valid yet. Try again later.",
  "The claim 'sub' of the token has 0 characters. It must be text of 1 to 255 characters.",
  "The token is larger than 8192 bytes.",
  "No tokens are accepted here: call without one.",
  "The authorization must be 'Bearer <token>'.",
]);

async function answerTo(url: string, token: string) {
  const response = await fetch(`${url}/v1/session`, { method: "POST", headers: { authorization: `Bearer ${token}` } });
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, challenge: response.headers.get("www-authenticate") ?? "", body };
}

describe("tokens", function () {
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

  describe("with a secret", () => {
    let url: string;

    before(async () => {
      ({ url } = await bus.startGateway(...bus.secretSettings));
    });

    it("are accepted with issuer, audience and expiry", async () => {
      const { status, body } = await answerTo(url, await tokenOf("ada"));
      assert.deepEqual([status, body.user], [200, "ada"]);
    });

    it("are accepted within the tolerance for clocks, and not beyond", async () => {
      assert.equal((await answerTo(url, await tokenOf("ada", { exp: now() - 2 }))).status, 200);
      assert.equal((await answerTo(url, await tokenOf("ada", { exp: now() - 8 }))).status, 401);
    });

    it("are accepted though they end later than a date can say", async () => {
      const forEver = await tokenOf("ada", { exp: Number.MAX_SAFE_INTEGER });
      const { status, body } = await answerTo(url, forEver);
      assert.deepEqual([status, body.expiresAt], [200, "9999-12-31T23:59:59.999Z"]);
    });

    const refused: Record<string, () => Promise<string> | string> = {
      "that have expired": () => tokenOf("ada", { exp: now() - 60 }),
      "that are not valid yet": () => tokenOf("ada", { nbf: now() + 60 }),
      "for another audience": () => tokenOf("ada", { aud: "another" }),
      "of another issuer": () => tokenOf("ada", { iss: "another" }),
      "signed by an unknown key": () => tokenOf("ada", {}, "another secret, with more than 32 bytes in it"),
      "that never expire": () =>
        new SignJWT({ sub: "ada", aud: "app", iss: "issuer" })
          .setProtectedHeader({ alg: "HS256" })
          .sign(Buffer.from(secret)),
      "without a subject": () => tokenOf(""),
      "without a signature": () =>
        new UnsecuredJWT({ sub: "ada", aud: "app", iss: "issuer", exp: now() + 60 }).encode(),
      "with 'none' in capitals": () => {
        const head = base64url.encode('{"alg":"NONE"}');
        return `${head}.${base64url.encode(JSON.stringify({ sub: "ada", aud: "app", iss: "issuer", exp: now() + 60 }))}.`;
      },
      "of an algorithm that is not listed": () =>
        new SignJWT({ sub: "ada", aud: "app", iss: "issuer", exp: now() + 60 })
          .setProtectedHeader({ alg: "HS512" })
          .sign(Buffer.from(secret.padEnd(64, "x"))),
      "whose payload was changed": async () => {
        const [head, , signature] = (await tokenOf("ada")).split(".");
        return `${head}.${base64url.encode(JSON.stringify({ sub: "root", aud: "app", iss: "issuer", exp: now() + 60 }))}.${signature}`;
      },
      "with a critical header that nobody knows": () =>
        new SignJWT({ sub: "ada", aud: "app", iss: "issuer", exp: now() + 60 })
          .setProtectedHeader({ alg: "HS256", crit: ["x"], x: 1 })
          .sign(Buffer.from(secret), { crit: { x: true } }),
      "that are too large": () => tokenOf("ada", { padding: "x".repeat(9000) }),
      "that are none": () => "a.b.c",
    };
    for (const [what, make] of Object.entries(refused)) {
      it(`are refused ${what}`, async () => {
        const { status, challenge, body } = await answerTo(url, await make());
        assert.deepEqual(
          [status, body.reason, body.type],
          [401, "UNAUTHENTICATED", "urn:exosphere:problem:unauthenticated"],
        );
        assert.match(challenge, /^Bearer error="invalid_token"/);
        assert.ok(details.has(String(body.detail)), String(body.detail));
      });
    }

    it("tell a valid bearer what would help, and anybody else nothing", async () => {
      const detailOf = async (token: string) => (await answerTo(url, token)).body.detail;
      assert.match(String(await detailOf(await tokenOf("ada", { exp: now() - 60 }))), /expired/);
      assert.match(String(await detailOf(await tokenOf("ada", { nbf: now() + 60 }))), /not valid yet/);
      const expiredForged = await tokenOf("ada", { exp: now() - 60 }, "another secret, with more than 32 bytes in it");
      assert.equal(await detailOf(expiredForged), "The token is not accepted here.");
    });
  });

  for (const alg of ["RS256", "PS256", "ES256", "EdDSA"]) {
    it(`are accepted with ${alg} and a public key, which is no secret`, async () => {
      const { privateKey, pem } = await keysOf(alg);
      const file = bus.file(`${alg}.pem`, pem);
      const secretFile = bus.file("secret", secret);
      const { url } = await bus.startGateway(
        ...["--jwt-public-key-file", file, "--jwt-secret-file", secretFile, "--jwt-algorithms", `${alg},HS256`],
        ...["--jwt-issuer", "issuer", "--jwt-audience", "app"],
      );
      const claims = { sub: "ada", aud: "app", iss: "issuer", exp: now() + 60 };
      const token = await new SignJWT(claims).setProtectedHeader({ alg }).sign(privateKey);
      assert.equal((await answerTo(url, token)).body.user, "ada");
      // The classic: the public key, which everybody has, as the secret of HS256.
      const confused = await new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(Buffer.from(pem));
      assert.equal((await answerTo(url, confused)).status, 401);
      const { privateKey: another } = await keysOf(alg);
      assert.equal(
        (await answerTo(url, await new SignJWT(claims).setProtectedHeader({ alg }).sign(another))).status,
        401,
      );
    });
  }

  const jwksSettings = (jwks: string) => [
    ...["--jwt-jwks-url", jwks, "--jwt-algorithms", "ES256", "--jwt-issuer", "issuer", "--jwt-audience", "app"],
  ];

  /** A key set, and what signs with its key. */
  async function keySet() {
    const { publicKey, privateKey } = await keysOf("ES256");
    const claims = { sub: "ada", aud: "app", iss: "issuer", exp: now() + 60 };
    const sign = () => new SignJWT(claims).setProtectedHeader({ alg: "ES256", kid: "1" }).sign(privateKey);
    return { keys: [{ ...(await exportJWK(publicKey)), kid: "1", alg: "ES256" }], sign };
  }

  /** Serves a key set no sooner than it is told to, by what `asked` resolves with. */
  async function heldBack(keys: readonly object[]) {
    const { promise: asked, resolve } = Promise.withResolvers<() => void>();
    const address = await servers.serve((_request, response) =>
      resolve(() => response.setHeader("content-type", "application/json").end(JSON.stringify({ keys }))),
    );
    return { jwks: `${address}/keys`, asked };
  }

  it("are accepted with a key set from a URL, which is fetched again for a key that is new", async () => {
    const [first, second] = [await keysOf("ES256"), await keysOf("ES256")];
    const keys = [{ ...(await exportJWK(first.publicKey)), kid: "1", alg: "ES256" }];
    let fetched = 0;
    const address = await servers.serve((_request, response) => {
      fetched += 1;
      response.setHeader("content-type", "application/json").end(JSON.stringify({ keys }));
    });
    const jwks = `${address}/keys`;
    const { url } = await bus.startGateway(
      ...["--jwt-jwks-url", jwks, "--jwt-algorithms", "ES256", "--jwt-issuer", "issuer", "--jwt-audience", "app"],
    );
    const claims = { sub: "ada", aud: "app", iss: "issuer", exp: now() + 60 };
    const sign = (kid: string | undefined, key: typeof first.privateKey, sub = "ada") =>
      new SignJWT({ ...claims, sub }).setProtectedHeader({ alg: "ES256", ...(kid && { kid }) }).sign(key);
    assert.equal((await answerTo(url, await sign("1", first.privateKey))).status, 200);
    // One key's name with another key's signature.
    assert.equal((await answerTo(url, await sign("1", second.privateKey))).status, 401);
    // A key that nobody knows does not make it fetch at every call.
    for (let count = 0; count < 5; count += 1)
      assert.equal((await answerTo(url, await sign(`${count}x`, second.privateKey))).status, 401);
    assert.ok(fetched <= 2, `${fetched} fetches`);
    // The URL is the setting's alone: what a token says of where its key is counts for nothing.
    const elsewhere = await new SignJWT(claims)
      .setProtectedHeader({ alg: "ES256", kid: "9", jku: `${jwks}?evil`, jwk: await exportJWK(second.publicKey) })
      .sign(second.privateKey);
    assert.equal((await answerTo(url, elsewhere)).status, 401);
  });

  it("hold back what a client sends while its own is checked", async () => {
    const { keys, sign } = await keySet();
    const { jwks, asked } = await heldBack(keys);
    const { url } = await bus.startGateway(...jwksSettings(jwks), "--connection-bytes", "100MiB");
    const client = await WsClient.open(url);
    client.send({ type: "connect", token: await sign() });
    const release = await asked;
    const payload = "x".repeat(1_000_000);
    for (let ref = 1; ref <= 50; ref += 1) client.send({ name: "tell", ref, payload });
    const { socket } = client;
    // Time enough to take all of it; what both ends' systems hold is taken.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    assert.ok(socket.bufferedAmount > 25_000_000, `${socket.bufferedAmount} bytes`);
    release();
    assert.equal((await client.frame("welcome")).user, "ada");
    await client.answer(50);
    client.drop();
  });

  it("hold nothing of a client that hung up while its own was checked", async () => {
    const { keys, sign } = await keySet();
    const { jwks, asked } = await heldBack(keys);
    const { url, admin } = await bus.startGateway(...jwksSettings(jwks), "--address-connections", "1");
    const token = await sign();
    const headers = { authorization: `Bearer ${token}` };
    const cut = new AbortController();
    const events = fetch(`${url}/v1/events`, { headers, signal: cut.signal }).catch(() => {});
    const release = await asked;
    cut.abort();
    await events;
    const hungUp = 'exo_gateway_requests_total{route="events",code="499"}';
    await eventually("the end of the connection", async () => (await metricOf(admin, hungUp)) === 1);
    release();
    assert.equal((await answerTo(url, token)).status, 200);
    assert.equal(await metricOf(admin, 'exo_gateway_clients{transport="sse"}'), 0);
    const next = await fetch(`${url}/v1/events`, { headers });
    assert.equal(next.status, 200);
    await next.body?.cancel();
  });

  it("are refused where none are accepted", async () => {
    const { url } = await bus.startGateway();
    assert.equal((await answerTo(url, await tokenOf("ada"))).status, 401);
  });

  it("are checked after the limits of an address, over HTTP and WebSockets", async () => {
    // Keys that never come: whatever is answered was not found out by a signature.
    const jwks = `${await servers.serve(() => {})}/keys`;
    const { url } = await bus.startGateway(
      ...["--jwt-jwks-url", jwks, "--jwt-algorithms", "ES256", "--jwt-issuer", "issuer", "--jwt-audience", "app"],
      ...["--address-requests", "1", "--burst", "1s"],
    );
    const { privateKey } = await keysOf("ES256");
    const token = await new SignJWT({ sub: "ada" }).setProtectedHeader({ alg: "ES256", kid: "1" }).sign(privateKey);
    const answered: number[] = [];
    const calls = [1, 2, 3, 4].map(async () => answered.push((await answerTo(url, token)).status));
    await eventually("refusals", () => answered.length >= 2);
    assert.deepEqual(answered.slice(0, 2), [429, 429]);
    const headers = { authorization: `Bearer ${token}` };
    const upgrade = (await WsClient.open(url, { headers }).catch((error: unknown) => error)) as { status: number };
    assert.equal(upgrade.status, 429);
    servers.close();
    await Promise.all(calls);
  });
});
