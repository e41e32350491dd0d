import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import type { ExoError } from "@exosphere/sdk";
import { ApplicationUnderTest, messagesOf, type PlayedRole } from "./application.fixture.ts";
import { howToInstall, MongodbServer } from "./mongodb-server.fixture.ts";

/** How each service calls its messages: those about several records, those about one, and the list in `listed`. */
const services = {
  users: { many: "users", one: "user", list: "users", required: "name" },
  tweets: { many: "tweets", one: "tweets", list: "entries", required: "content" },
  mongodb: { many: "mongo", one: "mongo", list: "entries", required: "content" },
} as const;

const stores = {
  "the embedded store": async () => ({ env: {}, stop: async () => {} }),
  "a server with MongoDB's protocol": async () => {
    const server = await MongodbServer.start();
    return { env: { MONGODB_URL: server.url }, stop: () => server.stop() };
  },
};

for (const [store, prepare] of Object.entries(stores)) {
  describe(`the reference services on ${store}`, function () {
    this.timeout(60_000);
    let place: Awaited<ReturnType<typeof prepare>>;
    let application: ApplicationUnderTest;

    before("start them", async function () {
      if (prepare !== stores["the embedded store"] && !MongodbServer.isPresent) {
        console.log(`      skipped: ${howToInstall}`);
        this.skip();
      }
      place = await prepare();
      const roles = Object.keys(services).map((service): [string, PlayedRole] => [
        service,
        { service, env: place.env },
      ]);
      application = await ApplicationUnderTest.start(Object.fromEntries(roles));
    });
    after(async () => {
      await application?.stop();
      await place?.stop();
    });

    for (const [service, { many, one, list, required }] of Object.entries(services)) {
      it(`${service} keeps records, and says so with the messages of its service.yml`, async () => {
        const seen = new Set<string>();
        const ask = async (name: string, payload: unknown) => {
          const reply = await application.ask(name, payload);
          for (const each of [name, reply[0]]) seen.add(each);
          return reply;
        };
        const [created, record] = await ask(`${many}.create`, { [required]: "one", version: 1 });
        assert.deepEqual([created, record], [`${many}.created`, { [required]: "one", version: 1, id: record.id }]);
        const blank = { error: `${required === "name" ? "Name" : "Content"} cannot be blank` };
        assert.deepEqual(await ask(`${many}.create`, {}), [`${many}.not-created`, blank]);
        const [, { count, ids }] = await ask(`${many}.create-many`, [{ [required]: "two" }, { [required]: "three" }]);
        assert.deepEqual([count, (ids as string[]).length], [2, 2]);
        assert.deepEqual(await ask(`${many}.create-many`, [{ [required]: "four" }, {}]), [
          `${many}.not-created`,
          blank,
        ]);
        const [, listed] = await ask(`${many}.list`, { sort: required });
        assert.deepEqual([listed.count, (listed[list] as Record<string, string>[]).map((each) => each[required])], [3, ["one", "three", "two"]]); // biome-ignore format: one line
        assert.deepEqual(await ask(`${one}.get-details`, { id: record.id }), [`${one}.details`, record]);
        assert.deepEqual(await ask(`${one}.get-details`, {}), [`${one}.not-found`, {}]);
        const changed = { ...record, [required]: "1", version: 2 };
        assert.deepEqual(await ask(`${one}.update`, { id: record.id, [required]: "1", version: 1 }), [`${one}.updated`, changed]); // biome-ignore format: one line
        const conflict = [`${one}.not-updated`, { error: "version conflict" }];
        assert.deepEqual(await ask(`${one}.update`, { id: record.id, version: 1 }), conflict);
        assert.deepEqual(await ask(`${one}.delete`, { id: record.id }), [`${one}.deleted`, changed]);
        const { receives, sends } = messagesOf(service);
        assert.deepEqual([...seen].sort(), [...receives, ...sends].sort());
      });
    }

    for (const service of Object.keys(services)) {
      it(`${service} answers the curls of its README as that says`, async () => {
        const [script, names] = scriptOf(service);
        const quiet = script.replaceAll("curl", "curl -s -w '\\n'").replaceAll("localhost:4200", application.sidecar);
        const { stdout } = await promisify(execFile)("sh", ["-e", "-c", quiet]);
        const replies = stdout.split("\n").filter((line) => line !== "");
        assert.deepEqual(replies.map((line) => (JSON.parse(line) as { name: string }).name), names); // biome-ignore format: one line
      });
    }

    it("keeps each confirmed record once, when a service is killed amid 1,000 creates", async () => {
      const confirmed: string[] = [];
      let isKilled = false;
      const create = async (index: number) => {
        // What was not answered is sent again, with the same id, as an outbox would.
        for (let attempt = 1; attempt <= 20; attempt++) {
          try {
            const [, { id }] = await application.ask(
              "tweets.create",
              { content: `${index}` },
              { id: `create ${index}` },
            );
            confirmed.push(id as string);
            break;
          } catch {}
          assert.ok(attempt < 20);
        }
        if (confirmed.length >= 300 && !isKilled) {
          isKilled = true;
          application.crash("tweets");
        }
      };
      const next = Array.from({ length: 1000 }, (_, index) => index).values();
      await Promise.all(Array.from({ length: 64 }, async () => { for (const index of next) await create(index); })); // biome-ignore format: a worker
      const found = new Map<string, string>();
      for (let cursor: unknown; ; ) {
        const [, page] = await application.ask("tweets.list", { limit: 1000, cursor });
        for (const { id, content } of page.entries as { id: string; content: string }[]) found.set(id, content);
        cursor = page.cursor;
        if (cursor === undefined) break;
      }
      assert.ok(isKilled);
      assert.equal(new Set(confirmed).size, 1000);
      assert.deepEqual(confirmed.filter((id) => !found.has(id)), []); // biome-ignore format: one line
      const numbered = [...found.values()].filter((content) => /^\d+$/.test(content));
      assert.deepEqual(numbered.sort(), Array.from({ length: 1000 }, (_, index) => `${index}`).sort());
    });
  });
}

describe("one service that plays two roles by translations alone", function () {
  this.timeout(60_000);
  let application: ApplicationUnderTest;

  before(async () => {
    const { receives, sends } = messagesOf("mongodb");
    const played = (role: string): PlayedRole => ({
      service: "mongodb",
      translations: Object.fromEntries([...receives, ...sends].map((name) => [name.replace("mongo", role), name])),
      env: role === "notes" ? { EXO_UNIQUE_FIELDS: "slug", EXO_OWNERSHIP: "true" } : {},
    });
    application = await ApplicationUnderTest.start({ notes: played("notes"), photos: played("photos") });
  });
  after(() => application?.stop());

  it("keeps their records apart", async () => {
    const [name, note] = await application.ask("notes.create", { content: "a note" });
    const [other, photo] = await application.ask("photos.create", { content: "a photo" });
    assert.deepEqual([name, other], ["notes.created", "photos.created"]);
    assert.deepEqual(await application.ask("notes.list"), ["notes.listed", { count: 1, entries: [note] }]);
    assert.deepEqual(await application.ask("photos.list"), ["photos.listed", { count: 1, entries: [photo] }]);
    const query = { id: photo.id };
    assert.deepEqual(await application.ask("notes.get-details", query), ["notes.not-found", query]);
  });

  it("has settings for each of them", async () => {
    const auth = { user: "ada" };
    const slug = { content: "x", slug: "s" };
    assert.equal((await application.ask("notes.create", slug, { auth }))[1].owner_id, "ada");
    assert.deepEqual(await application.ask("notes.create", slug), ["notes.not-created", { error: "Slug is already taken" }]); // biome-ignore format: one line
    for (const _ of [1, 2]) {
      const [name, { owner_id: owner }] = await application.ask("photos.create", slug, { auth });
      assert.deepEqual([name, owner], ["photos.created", undefined]);
    }
  });
});

/** The script in a service's README, and the names of the replies that it shows. */
function scriptOf(service: string): [script: string, names: string[]] {
  const readme = readFileSync(new URL(`../../${service}/README.md`, import.meta.url), "utf8");
  const script = readme.split("```sh\n")[1]?.split("```")[0] ?? "";
  return [script, [...script.matchAll(/^# (.*)$/gm)].map(([, name]) => name as string)];
}

describe("a service whose database is gone", function () {
  this.timeout(60_000);

  it("fails what it is asked, and keeps to itself why", async function () {
    if (!MongodbServer.isPresent) {
      console.log(`      skipped: ${howToInstall}`);
      return this.skip();
    }
    const server = await MongodbServer.start();
    const env = { MONGODB_URL: server.url };
    const application = await ApplicationUnderTest.start({ tweets: { service: "tweets", env } }, { isQuiet: true });
    try {
      assert.equal((await application.ask("tweets.create", { content: "x" }))[0], "tweets.created");
      await server.stop();
      await assert.rejects(application.ask("tweets.create", { content: "y" }), (error: ExoError) => {
        assert.equal(error.reason, "HANDLER_FAILED");
        assert.doesNotMatch(error.detail, /mongo|ECONN|127\.0\.0\.1/i);
        return true;
      });
    } finally {
      await application.stop();
    }
  });
});
