import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { eventually, metricOf } from "@exosphere/testkit";
import { GatewayBus } from "@exosphere/testkit/gateway-bus";
import { tokenOf } from "@exosphere/testkit/user-tokens";
import { type Frame, WsClient } from "@exosphere/testkit/ws-client";
import { Client } from "undici";

describe("the limits of the gateway", function () {
  this.timeout(60_000);
  let bus: GatewayBus;

  before(async () => {
    bus = await GatewayBus.start();
    bus.server.handle("tell", () => {});
  });

  afterEach(() => bus.closeGateways());

  after(() => bus.stop());

  const start = (...argv: string[]) => bus.startGateway(...bus.secretSettings, "--burst", "1s", ...argv);
  const tell = (url: string, headers: Record<string, string> = {}, body: string | ReadableStream = "1") =>
    fetch(`${url}/v1/send/tell`, { method: "POST", headers, body, duplex: "half" });

  it("tell how much is left, and answer 429 with when to come again", async () => {
    const { url, admin } = await start("--address-requests", "3", "--connection-requests", "100");
    const first = await tell(url);
    assert.equal(first.headers.get("ratelimit-policy"), '"connection";q=100;w=1, "address";q=3;w=1');
    assert.match(first.headers.get("ratelimit") ?? "", /^"address";r=2;t=1$/);
    const statuses = [];
    let last = first;
    for (let count = 0; count < 6; count += 1) {
      last = await tell(url);
      statuses.push(last.status);
    }
    const refused = statuses.indexOf(429);
    assert.ok(refused >= 1 && refused <= 4, statuses.join());
    assert.equal(last.headers.get("content-type"), "application/problem+json");
    const { reason, scope, unit } = (await last.json()) as Frame;
    assert.deepEqual([reason, scope, unit], ["RATE_LIMITED", "address", "requests"]);
    assert.equal(last.headers.get("retry-after"), "1");
    assert.match(last.headers.get("ratelimit") ?? "", /^"address";r=0;t=\d+$/);
    assert.ok(((await metricOf(admin, 'exo_gateway_limited_total{scope="address"}')) ?? 0) > 0);
  });

  it("count a user over all connections and addresses, and a session", async () => {
    const { url } = await start("--user-requests", "2", "--session-requests", "2", "--trusted-proxies", "127.0.0.1");
    const authorization = `Bearer ${await tokenOf("ada")}`;
    const statusOf = async (headers: Record<string, string>) => (await tell(url, headers)).status;
    const statuses = [];
    for (const hop of ["1.1.1.1", "2.2.2.2", "3.3.3.3", "4.4.4.4"])
      statuses.push(await statusOf({ authorization, "x-forwarded-for": hop }));
    assert.ok(statuses.includes(429), statuses.join());
    assert.equal(await statusOf({ authorization: `Bearer ${await tokenOf("bea")}` }), 202);
    const { session } = (await (await fetch(`${url}/v1/session`, { method: "POST" })).json()) as { session: string };
    const ofSession = [];
    for (let count = 0; count < 5; count += 1) ofSession.push(await statusOf({ "exo-session": session }));
    assert.ok(ofSession.includes(429), ofSession.join());
  });

  it("count calls whose token or session is refused", async () => {
    for (const headers of [
      { authorization: "Bearer nonsense" },
      { authorization: "Basic x" },
      { "exo-session": "nonsense" },
    ]) {
      const { url } = await start("--address-requests", "2");
      const statuses = [];
      for (let count = 0; count < 6; count += 1)
        statuses.push((await tell(url, headers as Record<string, string>)).status);
      assert.equal(statuses[0], 401);
      assert.ok(statuses.includes(429), statuses.join());
    }
  });

  const large = `"${"x".repeat(18_000)}"`;
  for (const [form, body] of [
    ["", () => large],
    [" of a body in chunks", () => new Blob([large]).stream()],
  ] as const) {
    it(`count bytes${form}`, async () => {
      const { url } = await start("--address-bytes", "20KB");
      assert.equal((await tell(url, {}, body())).status, 202);
      const { status, headers } = await tell(url, {}, body());
      assert.deepEqual([status, headers.get("retry-after")], [429, "1"]);
    });
  }

  it("count no more than is read of a body, whatever it says that it has", async () => {
    const { url, port } = await start();
    const socket = connect(port, "127.0.0.1");
    socket.write("POST /v1/send/tell HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9007199254740991\r\n\r\n");
    const [answer] = (await once(socket, "data")) as [Buffer];
    socket.destroy();
    assert.match(String(answer), /^HTTP\/1\.1 413 /);
    assert.equal((await tell(url)).status, 202);
  });

  it("believe X-Forwarded-For of trusted proxies alone, and of it what they have added", async () => {
    const statuses = async (url: string, hops: string[]) => {
      const all = [];
      for (const hop of hops) all.push((await tell(url, { "x-forwarded-for": hop })).status);
      return all;
    };
    const { url: plain } = await start("--address-requests", "2");
    assert.ok((await statuses(plain, ["1.1.1.1", "2.2.2.2", "3.3.3.3", "4.4.4.4"])).includes(429));
    bus.closeGateways();
    const { url: trusting } = await start("--address-requests", "2", "--trusted-proxies", "127.0.0.0/8,10.0.0.0/8");
    assert.deepEqual(await statuses(trusting, ["1.1.1.1", "2.2.2.2", "3.3.3.3", "4.4.4.4"]), [202, 202, 202, 202]);
    // What a client writes there itself stands to the left of what the proxies saw.
    assert.ok(
      (
        await statuses(trusting, [
          "7.7.7.7, 9.9.9.9, 10.0.0.1",
          "8.8.8.8, 9.9.9.9",
          "6.6.6.6, 9.9.9.9",
          "5.5.5.5, 9.9.9.9",
        ])
      ).includes(429),
    );
  });

  it("count all IPv6 addresses of a /64 as one, and IPv4 addresses in IPv6 form as themselves", async () => {
    const { url } = await start("--address-requests", "2", "--trusted-proxies", "127.0.0.1");
    const statuses = async (...hops: string[]) => {
      const all = [];
      for (const hop of hops) all.push((await tell(url, { "x-forwarded-for": hop })).status);
      return all;
    };
    const ofOne = await statuses(...[1, 2, 3, 4, 5].map((each) => `2001:db8:9:9:${each}::${each}`));
    assert.ok(ofOne.includes(429), ofOne.join());
    assert.deepEqual(await statuses(...[1, 2, 3, 4].map((each) => `2001:db8:9:${each}::1`)), [202, 202, 202, 202]);
    const mapped = await statuses("192.0.2.7", "::ffff:192.0.2.7", "::ffff:c000:207", "192.0.2.7");
    assert.ok(mapped.includes(429), mapped.join());
  });

  it("refuse frames, and end a connection that does not slow down", async () => {
    const { url } = await start("--session-requests", "1");
    const client = await WsClient.connect(url);
    // So many that a busy machine, which takes a second for some, still refuses enough of them one after the other.
    for (let count = 0; count < 1000; count += 1) client.send({ name: "tell", ref: count });
    const { code } = await client.end();
    assert.equal(code, 4429);
    const problem = client.frames.find(({ type }) => type === "problem")?.problem as Frame;
    assert.deepEqual(
      [problem.reason, problem.scope, typeof problem.retryAfterMs],
      ["RATE_LIMITED", "session", "number"],
    );
  });

  it("refuse a sign-in beyond the connections of its user, and leave the session as it was", async () => {
    const { url } = await start("--user-connections", "1");
    const token = await tokenOf("ada");
    const [first, second] = [await WsClient.connect(url, { token }), await WsClient.connect(url)];
    second.send({ type: "refresh", token, ref: 1 });
    assert.equal(((await second.answer(1)).problem as Frame).reason, "RATE_LIMITED");
    await bus.server.send("news", "for Ada", { auth: { user: "ada" } });
    assert.equal((await first.message()).payload, "for Ada");
    second.drop();
    const back = await WsClient.connect(url, second.position);
    assert.deepEqual([back.welcome.recovered, back.welcome.user], [true, undefined]);
    first.drop();
    let ref = 1;
    await eventually("room", async () => {
      ref += 1;
      back.send({ type: "refresh", token, ref });
      return (await back.answer(ref)).type === "refreshed";
    });
    back.drop();
  });

  it("bound the connections of an address, of a user, and of all", async () => {
    const { url, admin } = await start("--address-connections", "3", "--user-connections", "1");
    const clients = [await WsClient.connect(url), await WsClient.connect(url, { token: await tokenOf("ada") })];
    const second = await WsClient.open(url);
    second.send({ type: "connect", token: await tokenOf("ada") });
    assert.equal((await second.end()).code, 4429);
    clients.push(await WsClient.connect(url));
    const fourth = (await WsClient.open(url).catch((error: unknown) => error)) as {
      status: number;
      headers: Record<string, string>;
    };
    assert.deepEqual([fourth.status, fourth.headers["retry-after"]], [429, "5"]);
    assert.equal((await fetch(`${url}/v1/events`)).status, 429);
    const refused = (share: string, part: string) =>
      metricOf(admin, `exo_gateway_share_refused_total{share="${share}",part="${part}"}`);
    assert.deepEqual([await refused("streams", "address"), await refused("users", "user")], [2, 1]);
    clients.pop()?.drop();
    // Its place is free again.
    for (;;) {
      const next = await WsClient.open(url).catch(() => undefined);
      if (!next) continue;
      clients.push(next);
      break;
    }
    for (const client of clients) client.drop();
  });

  it("do not count the clients of a trusted proxy together, whose calls come by one connection", async () => {
    const { url } = await bus.startGateway(
      "--trusted-proxies",
      "127.0.0.1",
      "--connection-requests",
      "1",
      "--burst",
      "1s",
    );
    const proxy = new Client(url);
    for (let client = 1; client <= 5; client += 1) {
      const headers = { "x-forwarded-for": `192.0.2.${client}` };
      const { statusCode, body } = await proxy.request({ method: "GET", path: "/openapi.json", headers });
      await body.dump();
      assert.equal(statusCode, 200);
    }
    await proxy.close();
  });
});
