import assert from "node:assert/strict";
import { type Client, type ClientOptions, connect, type ReceivedMessage, type Status } from "@exosphere/client";
import { eventually, metricOf } from "@exosphere/testkit";
import { GatewayBus, type StartedGateway } from "@exosphere/testkit/gateway-bus";
import { GatewayProcess } from "@exosphere/testkit/gateway-process";
import { Network } from "@exosphere/testkit/network";
import { tokenOf } from "@exosphere/testkit/user-tokens";

type Online = Extract<Status, { kind: "online" }>;

/** The client of browsers, and what it saw. */
class Page {
  readonly client: Client;
  readonly statuses: Status[] = [];
  readonly got: ReceivedMessage<never>[] = [];
  readonly errors: unknown[] = [];

  constructor(url: string, options: Partial<ClientOptions> = {}) {
    const onError = (error: unknown) => void this.errors.push(error);
    const address = `${url.replace(/^http/, "ws")}/v1/socket`;
    this.client = connect({ url: address, backoffMs: [10, 200], onError, ...options });
    this.client.onStatus((status) => this.statuses.push(status));
    this.client.onAny((message) => void this.got.push(message as ReceivedMessage<never>));
  }

  /** Waits until it is online, the nth time. */
  online(nth = 1): Promise<Online> {
    return eventually(
      `online for the ${nth}. time, not only ${JSON.stringify(this.statuses)}`,
      () => this.statuses.filter((status): status is Online => status.kind === "online")[nth - 1],
      30_000,
    );
  }

  /** Waits until it is closed. */
  closed(): Promise<Extract<Status, { kind: "closed" }>> {
    return eventually("closed", () => this.client.status.kind === "closed" && this.client.status);
  }

  get payloads(): unknown[] {
    return this.got.map(({ payload }) => payload);
  }
}

describe("the browser client with a gateway", function () {
  this.timeout(120_000);
  let bus: GatewayBus;
  let gateway: StartedGateway;
  let network: Network;
  const pages: Page[] = [];
  const handlers: (() => void)[] = [];
  const handle = (...handler: Parameters<GatewayBus["server"]["handle"]>) =>
    handlers.push(bus.server.handle(...handler));

  before(async () => {
    bus = await GatewayBus.start();
    gateway = await bus.startGateway("--ack-timeout", "60s", ...tokens());
    network = await Network.start(gateway.port);
  });

  afterEach(() => {
    for (const { client } of pages.splice(0)) client.close();
    for (const remove of handlers.splice(0)) remove();
  });

  after(async () => {
    network.close();
    await bus.stop();
  });

  const tokens = () => bus.secretSettings;
  const open = (options: Partial<ClientOptions> = {}, url = network.url) => {
    const page = new Page(url, options);
    pages.push(page);
    return page;
  };
  const send = (auth: object, payload: unknown) => bus.server.send("news", payload, { auth });
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const inFlight = () => metricOf(`http://127.0.0.1:${bus.broker.adminPort}`, 'exocom_in_flight{role="clients"}');

  it("sends, requests, and hears why it may not", async () => {
    const told: unknown[] = [];
    handle("tell", ({ payload }) => void told.push(payload));
    handle("ask", ({ payload }) => ({ name: "answered", payload: { asked: payload } }));
    const { client } = open();
    const { id, activityId } = await client.send("tell", { a: 1 }, { activityId: "an activity" });
    assert.deepEqual([typeof id, activityId], ["string", "an activity"]);
    const reply = await client.request("ask", [1, 2]);
    assert.deepEqual([reply.name, reply.payload], ["answered", { asked: [1, 2] }]);
    await eventually("the message", () => told.length === 1);
    assert.deepEqual(told, [{ a: 1 }]);
    await assert.rejects(client.send("mine"), { name: "ExoError", reason: "NOT_ALLOWED" });
    handle("answer", () => new Promise<void>((resolve) => handlers.push(resolve)));
    await assert.rejects(client.request("answer", 1, { deadlineMs: 200 }), { reason: "DEADLINE_EXCEEDED" });
  });

  it("keeps what is sent before there is a connection, and sends it in order", async () => {
    const told: unknown[] = [];
    handle("tell", ({ payload }) => void told.push(payload));
    const { client } = open();
    await Promise.all(upTo(200).map((count) => client.send("tell", count, { activityId: "one" })));
    await eventually("all", () => told.length === 200);
    assert.deepEqual(told, upTo(200));
  });

  it("gets a full queue through, as fast as the gateway takes it", async () => {
    const told: unknown[] = [];
    const slow = await GatewayBus.start();
    try {
      slow.server.handle("tell", ({ payload }) => void told.push(payload));
      const { url } = await slow.startGateway(
        "--connection-requests",
        "150",
        "--session-requests",
        "150",
        "--burst",
        "1s",
      );
      const page = open({}, url);
      await Promise.all(upTo(600).map((count) => page.client.send("tell", count, { deadlineMs: 60_000 })));
      await eventually("all", () => told.length >= 600);
      assert.deepEqual(new Set(told), new Set(upTo(600)));
      assert.equal(told.length, 600);
      assert.equal(page.statuses.filter(({ kind }) => kind === "offline").length, 0);
      // What its deadline leaves no time for is refused at once.
      const flood = upTo(200).map(() => page.client.send("tell", 0, { deadlineMs: 300 }));
      const failed = (await Promise.allSettled(flood)).filter(({ status }) => status === "rejected");
      assert.ok(failed.length > 0);
    } finally {
      for (const { client } of pages.splice(0)) client.close();
      await slow.stop();
    }
  });

  it("goes on where it was after every cut: no gap, and nothing twice", async () => {
    const page = open();
    const auth = { sessionId: (await page.online()).sessionId };
    for (let cut = 0; cut < 5; cut += 1) {
      for (const count of upTo(100)) {
        await send(auth, cut * 100 + count);
        if (count === 50) network.cut();
      }
      assert.equal((await page.online(cut + 2)).recovered, true);
    }
    await eventually("the last", () => page.got.length >= 500);
    assert.deepEqual(page.payloads, upTo(500));
  });

  it("confirms a message once its handlers are through, and keeps nobody waiting for it over a cut", async () => {
    const page = open({ ack: true });
    const through: (() => void)[] = [];
    page.client.on("news", () => new Promise<void>((resolve) => through.push(resolve)));
    const auth = { sessionId: (await page.online()).sessionId };
    await send(auth, 1);
    await eventually("the handler", () => through.length === 1);
    assert.equal(await inFlight(), 1);
    network.cut();
    assert.equal((await page.online(2)).recovered, true);
    // An answer comes after everything that was sent before it.
    await page.client.subscribe(undefined);
    // It waited in the window of its session meanwhile, and no longer at the broker.
    await bus.settled("clients");
    through.pop()?.();
    await send(auth, 2);
    await eventually("the next", () => through.length === 1);
    assert.equal(await inFlight(), 1);
    through.pop()?.();
    await bus.settled("clients");
    assert.deepEqual(page.payloads, [1, 2]);
  });

  it("does nothing twice that is sent again after a cut, and gets its answer", async () => {
    const asked: unknown[] = [];
    const answers: (() => void)[] = [];
    handle("ask", async ({ payload }) => {
      asked.push(payload);
      await new Promise<void>((resolve) => answers.push(resolve));
      return { name: "answered", payload };
    });
    const page = open();
    await page.online();
    const reply = page.client.request("ask", 7, { deadlineMs: 60_000 });
    for (let cut = 0; cut < 3; cut += 1) {
      await eventually("the request", () => answers.length === 1);
      network.cut();
      await page.online(cut + 2);
      await page.client.subscribe(undefined);
    }
    answers[0]?.();
    assert.equal((await reply).payload, 7);
    assert.deepEqual(asked, [7]);
  });

  it("is signed in by refresh, and takes its session up again after that", async () => {
    const page = open();
    const { sessionId } = await page.online();
    await page.client.refresh(await tokenOf("ada"));
    await send({ user: "ada" }, 1);
    await eventually("a user's message", () => page.got.length === 1);
    network.cut();
    await send({ user: "ada" }, 2);
    const back = await eventually("back", () => {
      const after = page.statuses.slice(page.statuses.findIndex(({ kind }) => kind === "offline"));
      return after.find((status): status is Online => status.kind === "online");
    });
    assert.deepEqual([back.sessionId, back.user, back.recovered], [sessionId, "ada", true]);
    await eventually("what was missed", () => page.got.length === 2);
    assert.deepEqual(page.payloads, [1, 2]);
  });

  it("does nothing twice that was sent before it signed in, and again after a cut", async () => {
    let asked = 0;
    const answers: (() => void)[] = [];
    handle("ask", async () => {
      asked += 1;
      await new Promise<void>((resolve) => answers.push(resolve));
      return { name: "answered" };
    });
    const page = open();
    await page.online();
    const reply = page.client.request("ask", 1, { deadlineMs: 60_000 });
    await eventually("the request", () => answers.length === 1);
    await page.client.refresh(await tokenOf("bea"));
    network.cut();
    await eventually("offline", () => page.statuses.some(({ kind }) => kind === "offline"));
    await eventually("back", () => page.client.status.kind === "online");
    await page.client.subscribe(undefined);
    for (const answer of answers) answer();
    assert.equal((await reply).name, "answered");
    assert.equal(asked, 1);
  });

  it("asks for another token when one is refused, and gives up when that is refused as well", async () => {
    const good = await tokenOf("ada");
    const expired = await tokenOf("ada", { exp: 1 });
    const [mended, refused, fixed] = [[expired, good], [expired, expired], undefined];
    const page = open({ token: () => mended.shift() });
    assert.equal((await page.online()).user, "ada");
    const without = open({ token: () => refused?.shift() ?? expired });
    assert.equal((await without.closed()).error?.reason, "UNAUTHENTICATED");
    const alone = open({ token: fixed ?? expired });
    assert.equal((await alone.closed()).error?.reason, "UNAUTHENTICATED");
    await assert.rejects(alone.client.send("tell"), { reason: "UNAUTHENTICATED" });
  });

  it("renews its token in time, without a new connection", async () => {
    let asked = 0;
    const token = () => tokenOf("cy", { exp: Math.floor(Date.now() / 1000) + 4, count: ++asked });
    const page = open({ token });
    await page.online();
    await eventually("the second renewal", () => asked >= 3, 30_000);
    await page.client.subscribe(undefined);
    assert.equal(page.statuses.filter(({ kind }) => kind === "online").length, 1);
    assert.deepEqual(page.errors, []);
  });

  it("gets only the names that it subscribes to, after a cut as well", async () => {
    const page = open({ names: ["told"] });
    const auth = { sessionId: (await page.online()).sessionId };
    await send(auth, "unseen");
    await bus.settled("clients");
    await page.client.subscribe(["news"]);
    await send(auth, 1);
    await eventually("the first", () => page.got.length === 1);
    network.cut();
    await page.online(2);
    await bus.server.send("told", "unseen", { auth });
    await send(auth, 2);
    await eventually("the second", () => page.got.length === 2);
    assert.deepEqual(page.payloads, [1, 2]);
  });

  const storageOf = (kept = new Map<string, string>()) => ({
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });

  it("gives a duplicated tab a session of its own, and leaves the first tab alone", async () => {
    const kept = new Map<string, string>();
    const first = open({ storage: storageOf(kept) });
    const { sessionId } = await first.online();
    await eventually("the session in the storage", () => kept.has("exosphere"));
    // What browsers do with sessionStorage when a tab is duplicated.
    const copied = new Map(kept);
    const second = open({ storage: storageOf(copied) });
    assert.notEqual((await second.online()).sessionId, sessionId);
    assert.deepEqual([first.client.status.kind, first.statuses.length], ["online", 2]);
    // A reload of the second.
    second.client.close();
    const reloaded = open({ storage: storageOf(copied) });
    const { recovered } = await reloaded.online();
    assert.deepEqual([recovered, first.statuses.length], [true, 2]);
  });

  it("signs out: the session ends at the gateway and is forgotten, and the client goes on as nobody", async () => {
    const kept = new Map<string, string>();
    const page = open({ token: await tokenOf("ada"), storage: storageOf(kept) });
    const { sessionId, user } = await page.online();
    assert.equal(user, "ada");
    const { session } = JSON.parse(String(kept.get("exosphere"))) as { session: string };
    await page.client.signOut();
    const next = await page.online(2);
    assert.deepEqual([next.user, next.recovered], [undefined, false]);
    assert.notEqual(next.sessionId, sessionId);
    const again = await fetch(`${gateway.url}/v1/send/tell`, { method: "POST", headers: { "exo-session": session } });
    assert.equal(again.status, 401);
    page.client.close();
    const reloaded = open({ storage: storageOf(kept) });
    assert.equal((await reloaded.online()).user, undefined);
  });

  it("signs out though the token has expired", async () => {
    const page = open({ token: await tokenOf("ada", { exp: Math.floor(Date.now() / 1000) - 2 }) });
    await page.online();
    await page.closed();
    await page.client.signOut();
  });

  it("begins a new session in a tab that holds the session of a user whose token has expired", async () => {
    const storage = storageOf();
    const expired = await tokenOf("ada", { exp: Math.floor(Date.now() / 1000) - 3 });
    const user = open({ token: expired, storage });
    const { sessionId } = await user.online();
    await user.closed();
    const nobody = open({ storage });
    const found = await nobody.online();
    assert.deepEqual([found.user, found.sessionId === sessionId], [undefined, false]);
  });

  it("gets what the gateway had and what came meanwhile, when that is killed and started again with --state", async () => {
    const own = await GatewayBus.start();
    const process = await GatewayProcess.startWith([...own.gatewayArguments, "--state", own.file("state.sqlite")]);
    try {
      const page = open({ ack: true }, process.edge);
      const { sessionId } = await page.online();
      const tell = (payload: number) => own.server.send("news", payload, { auth: { sessionId } });
      for (const count of upTo(20)) await tell(count);
      await own.settled("clients");
      await process.kill();
      await eventually("offline", () => page.statuses.some(({ kind }) => kind === "offline"));
      await own.noticed("clients", 0);
      for (const count of upTo(20)) await tell(20 + count);
      const told: unknown[] = [];
      own.server.handle("tell", ({ payload }) => void told.push(payload));
      const sent = page.client.send("tell", "while it was away");
      await process.start();
      const back = await page.online(2);
      assert.deepEqual([back.recovered, back.sessionId], [false, sessionId]);
      await sent;
      await eventually("the rest", () => page.got.length >= 40);
      assert.deepEqual(page.payloads, upTo(40));
      await own.settled("clients");
      assert.deepEqual(told, ["while it was away"]);
    } finally {
      for (const { client } of pages.splice(0)) client.close();
      await process.stop();
      await own.stop();
    }
  });
});
