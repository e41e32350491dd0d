import assert from "node:assert/strict";
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bus } from "./test/bus.fixture.ts";
import { FakeSidecar } from "./test/fake-sidecar.fixture.ts";
import { ServiceProcess } from "./test/service-process.fixture.ts";

describe("space-tweet", () => {
  let folder: string;
  const started: ServiceProcess[] = [];

  const start = async (role: string, sidecar?: Pick<FakeSidecar, "environment">): Promise<ServiceProcess> => {
    const service = await ServiceProcess.start(role, { EXO_DATA_DIR: folder, ...sidecar?.environment });
    started.push(service);
    return service;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "space-tweet-"));
  });

  afterEach(async () => {
    await Promise.all(started.splice(0).map((service) => service.stop()));
    await rm(folder, { recursive: true });
  });

  describe("users", () => {
    it("creates users, lists them and knows their details", async () => {
      const users = await start("users");
      const created = await users.reply("users.create", { name: "Ada", born: 1815 });
      assert.equal(created.name, "users.created");
      const ada = created.payload as { id: string };
      assert.deepEqual(ada, { name: "Ada", born: 1815, id: ada.id });
      assert.match(ada.id, /^[0-9a-f]{8}-[0-9a-f-]{27}$/);
      assert.deepEqual(await users.reply("users.list"), { name: "users.listed", payload: { count: 1, users: [ada] } });
      assert.deepEqual(await users.reply("user.get-details", { id: ada.id }), { name: "user.details", payload: ada });
    });

    it("creates no user with a blank name", async () => {
      const users = await start("users");
      const refused = { name: "users.not-created", payload: { error: "Name cannot be blank" } };
      for (const payload of [{ name: "" }, { name: "  " }, { name: 7 }, {}, null, "Ada"]) {
        assert.deepEqual(await users.reply("users.create", payload), refused);
      }
      assert.deepEqual(await users.reply("users.list"), { name: "users.listed", payload: { count: 0, users: [] } });
    });

    it("says so when it does not know a user", async () => {
      const users = await start("users");
      const query = { id: "nobody" };
      assert.deepEqual(await users.reply("user.get-details", query), { name: "user.not-found", payload: query });
    });

    it("gives every one of many at once an id of its own and keeps them all", async () => {
      const users = await start("users");
      const names = Array.from({ length: 20 }, (_, index) => `user ${index}`);
      await Promise.all(names.map((name) => users.reply("users.create", { name })));
      await users.stop();
      const { payload } = await (await start("users")).reply("users.list");
      const kept = (payload as { users: { id: string; name: string }[] }).users;
      assert.deepEqual(kept.map(({ name }) => name).sort(), names.sort());
      assert.equal(new Set(kept.map(({ id }) => id)).size, 20);
    });

    it("keeps users over a restart, without a line that a crash left unfinished", async () => {
      const users = await start("users");
      await users.reply("users.create", { name: "Ada" });
      await users.stop();
      await appendFile(join(folder, "users.jsonl"), '{"name":"Torn","id":"1');
      const again = await start("users");
      await again.reply("users.create", { name: "Grace" });
      await again.stop();
      const { payload } = await (await start("users")).reply("users.list");
      assert.deepEqual((payload as { users: { name: string }[] }).users.map(({ name }) => name), ["Ada", "Grace"]); // biome-ignore format: one line
    });

    it("refuses for good what is no message, and messages that it does not know", async () => {
      const users = await start("users");
      assert.equal((await users.deliver("users.create", '{"payload":')).status, 400);
      assert.equal((await users.deliver("users.delete", "{}")).status, 404);
      assert.equal((await users.deliver("constructor", "{}")).status, 404);
      assert.equal((await fetch(`${users.relayUrl}/run/users.list`)).status, 404);
      assert.equal((await users.deliver("users.create", "x".repeat(2 * 1024 * 1024 + 1))).status, 413);
    });
  });

  describe("tweets", () => {
    let bus: Bus;

    beforeEach(async () => {
      bus = await Bus.start();
      await start("tweets", bus);
    });

    afterEach(() => bus.stop());

    it("creates tweets and lists them, all or those of an owner", async () => {
      const first = (await bus.reply("tweets.create", { content: "Hello", owner_id: "1" })).payload;
      const second = (await bus.reply("tweets.create", { content: "World" })).payload as { id: string };
      const listed = (entries: unknown[]) => ({ name: "tweets.listed", payload: { count: entries.length, entries } });
      assert.deepEqual(await bus.reply("tweets.list", {}), listed([first, second]));
      assert.deepEqual(await bus.reply("tweets.list", { owner_id: "1" }), listed([first]));
      const details = await bus.reply("tweet.get-details", { id: second.id });
      assert.deepEqual(details, { name: "tweet.details", payload: second });
    });

    it("believes the gateway who wrote, and not the writer", async () => {
      const auth = { sessionId: "s", user: "7", claims: { name: "Ada" } };
      const { payload } = await bus.reply("tweets.create", { content: "Hi", owner_id: "1", author: "Eve" }, auth);
      assert.deepEqual(payload, { content: "Hi", owner_id: "7", author: "Ada", id: (payload as { id: string }).id });
    });

    it("creates no tweet without content, and knows none that is not there", async () => {
      const refused = { name: "tweets.not-created", payload: { error: "Content cannot be blank" } };
      assert.deepEqual(await bus.reply("tweets.create", { content: " " }), refused);
      const query = { id: "none" };
      assert.deepEqual(await bus.reply("tweet.get-details", query), { name: "tweet.not-found", payload: query });
    });
  });

  describe("timeline", () => {
    let sidecar: FakeSidecar;
    let timeline: ServiceProcess;
    const follow = (auth: object) => {
      const body = JSON.stringify({ name: "timeline.follow", payload: null, auth });
      return timeline.deliver("timeline.follow", body);
    };
    const tweeted = () => timeline.deliver("tweets.created", '{"name":"tweets.created","payload":{"id":"1"}}');

    beforeEach(async () => {
      sidecar = await FakeSidecar.start();
      timeline = await start("timeline", sidecar);
    });

    afterEach(() => sidecar.close());

    it("tells each of those who follow what was written, in one call", async () => {
      sidecar.answers = () => ({ status: 200, body: { id: "1", activityId: "1" } });
      await tweeted();
      for (const sessionId of ["a", "b", "a"]) assert.equal((await follow({ sessionId })).status, 200);
      assert.equal((await tweeted()).status, 200);
      const told = (auth: object) => ({ name: "timeline.tweeted", payload: { id: "1" }, auth });
      assert.deepEqual(sidecar.bulk, [[told({ sessionId: "b" }), told({ sessionId: "a" })]]);
    });

    it("tells a user once, who has several devices", async () => {
      sidecar.answers = () => ({ status: 200, body: { id: "1", activityId: "1" } });
      for (const sessionId of ["a", "b"]) await follow({ user: "u", sessionId });
      await tweeted();
      assert.deepEqual(sidecar.bulk, [[{ name: "timeline.tweeted", payload: { id: "1" }, auth: { user: "u" } }]]);
    });

    it("takes no one as a follower whom the gateway does not know", async () => {
      const reply = await timeline.reply("timeline.follow");
      assert.equal(reply.name, "timeline.not-following");
    });

    it("gets a message again when the bus cannot be reached", async () => {
      await follow({ sessionId: "a" });
      await sidecar.close();
      assert.equal((await tweeted()).status, 503);
    });

    it("forgets who was silent for long, and has room for so many", async () => {
      // Plain JavaScript, without types.
      const { Followers } = await import(new URL("timeline/followers.js", import.meta.url).href);
      let now = 0;
      const followers = new Followers({ limit: 2, ttlMs: 10, now: () => now });
      for (const id of ["a", "b", "c"]) followers.add(id);
      assert.deepEqual(followers.all(), ["b", "c"]);
      now = 6;
      followers.add("b");
      now = 11;
      assert.deepEqual(followers.all(), ["b"]);
    });
  });

  describe("web", () => {
    let sidecar: FakeSidecar;
    let web: ServiceProcess;

    beforeEach(async () => {
      sidecar = await FakeSidecar.start();
      web = await start("web", sidecar);
    });

    afterEach(() => sidecar.close());

    it("shows what there is", async () => {
      const response = await fetch(`${web.publicUrl}/`);
      assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
      assert.match(await response.text(), /POST \/users/);
      assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'self'/);
    });

    it("serves the page, the client of the bus, and where the gateway is", async () => {
      await web.stop();
      const again = await start("web", { environment: { EXO_GATEWAY_URL: "http://127.0.0.1:4300" } });
      for (const path of ["/page.js", "/page.css", "/client.js"]) {
        const response = await fetch(`${again.publicUrl}${path}`);
        assert.equal(response.status, 200);
        assert.ok((await response.text()).length > 1000, path);
        const etag = response.headers.get("etag") ?? "";
        const known = await fetch(`${again.publicUrl}${path}`, { headers: { "if-none-match": etag } });
        assert.deepEqual([known.status, await known.text()], [304, ""]);
      }
      const config = await (await fetch(`${again.publicUrl}/config.json`)).json();
      assert.deepEqual(config, { socket: "ws://127.0.0.1:4300/v1/socket" });
    });

    it("signs people in by a name, with a token that the gateway accepts", async () => {
      await web.stop();
      const secret = "0123456789abcdef0123456789abcdef";
      const file = join(folder, "secret");
      await writeFile(file, secret);
      const jwt = { EXO_JWT_SECRET_FILE: file, EXO_JWT_ISSUER: "space-tweet", EXO_JWT_AUDIENCE: "clients" };
      const again = await start("web", { environment: { ...sidecar.environment, ...jwt } });
      const signIn = async (name: unknown) => {
        const response = await fetch(`${again.publicUrl}/sign-in`, { method: "POST", body: JSON.stringify({ name }) });
        return { status: response.status, ...((await response.json()) as { user?: unknown; token?: string }) };
      };
      const ada = { id: "7", name: "Ada" };
      sidecar.answers = () => ({ status: 200, body: { name: "users.listed", payload: { users: [ada] } } });
      const { user, token = "" } = await signIn("Ada");
      assert.deepEqual(user, ada);
      // The gateway looks at the rest, in the test of the page.
      const { iat, exp, ...claims } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
      assert.deepEqual(claims, { iss: "space-tweet", aud: "clients", sub: "7", name: "Ada" });
      assert.equal(exp - iat, 3600);
      const refused = { name: "users.not-created", payload: { error: "Name cannot be blank", users: [] } };
      sidecar.answers = () => ({ status: 200, body: refused });
      assert.equal((await signIn(" ")).status, 400);
    });

    it("turns requests into messages", async () => {
      sidecar.answers = () => ({ status: 200, body: { name: "users.listed", payload: {} } });
      const body = '{"name":"Ada"}';
      await fetch(`${web.publicUrl}/users`, { method: "POST", body });
      await fetch(`${web.publicUrl}/users`);
      await fetch(`${web.publicUrl}/users/a%2Fb`);
      await fetch(`${web.publicUrl}/tweets`, { method: "POST", body });
      await fetch(`${web.publicUrl}/tweets?owner_id=1`);
      await fetch(`${web.publicUrl}/tweets/7`);
      assert.deepEqual(sidecar.requests, [
        ["users.create", { name: "Ada" }],
        ["users.list", {}],
        ["user.get-details", { id: "a/b" }],
        ["tweets.create", { name: "Ada" }],
        ["tweets.list", { owner_id: "1" }],
        ["tweet.get-details", { id: "7" }],
      ]);
    });

    it("turns replies into answers", async () => {
      for (const [name, status] of [
        ["users.created", 201],
        ["user.details", 200],
        ["tweets.not-created", 400],
        ["user.not-found", 404],
      ] as const) {
        // biome-ignore format: a table
        sidecar.answers = () => ({ status: 200, body: { name, payload: { told: name } } });
        const response = await fetch(`${web.publicUrl}/users/1`);
        assert.equal(response.status, status);
        assert.deepEqual(await response.json(), { told: name });
      }
    });

    it("passes the problems of the bus on", async () => {
      sidecar.answers = () => ({ status: 504, body: { reason: "DEADLINE_EXCEEDED", status: 504 } });
      const response = await fetch(`${web.publicUrl}/users`);
      assert.equal(response.status, 504);
      assert.equal(response.headers.get("content-type"), "application/problem+json");
      assert.equal(((await response.json()) as { reason: string }).reason, "DEADLINE_EXCEEDED");
    });

    it("answers 503 while its sidecar is away and 502 to a reply that it does not expect", async () => {
      sidecar.answers = () => ({ status: 200, body: { name: "surprise", payload: null } });
      assert.equal((await fetch(`${web.publicUrl}/users`)).status, 502);
      await sidecar.close();
      assert.equal((await fetch(`${web.publicUrl}/users`)).status, 503);
    });

    it("refuses what makes no sense", async () => {
      const post = async (body: string) => (await fetch(`${web.publicUrl}/users`, { method: "POST", body })).status;
      assert.equal(await post("{"), 400);
      assert.equal(await post(`"${"x".repeat(64 * 1024)}"`), 413);
      assert.equal((await fetch(`${web.publicUrl}/users`, { method: "DELETE" })).status, 405);
      assert.equal((await fetch(`${web.publicUrl}/nothing`)).status, 404);
      assert.equal((await fetch(`${web.publicUrl}//`)).status, 404);
      assert.deepEqual(sidecar.requests, []);
    });

    it("takes ordinary deliveries", async () => {
      assert.equal((await web.deliver("tweets.created", '{"name":"tweets.created","payload":{}}')).status, 200);
    });

    it("finishes what it has begun when it is asked to end", async () => {
      const arrived = sidecar.hold();
      const response = fetch(`${web.publicUrl}/users`);
      await arrived;
      const stopped = web.stop();
      sidecar.release({ status: 200, body: { name: "users.listed", payload: { count: 0 } } });
      assert.equal((await response).status, 200);
      assert.equal(await stopped, 0);
    });
  });
});
