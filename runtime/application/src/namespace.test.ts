import assert from "node:assert/strict";
import fc from "fast-check";
import { namespaceTranslations } from "./namespace.ts";
import { parseRoutes } from "./read-routes.ts";

describe("a namespace", () => {
  const publicNames = (...names: string[]) =>
    namespaceTranslations("users", "mongo", names).map((translation) => translation.public);

  it("is the role's name outside, whichever separator follows", () => {
    assert.deepEqual(publicNames("mongo.create", "mongo: create", "mongo/create"), [
      "users.create",
      "users: create",
      "users/create",
    ]);
  });

  it("leaves everything after the first separator as it is", () => {
    assert.deepEqual(publicNames("mongo.users.list/all: now"), ["users.users.list/all: now"]);
    assert.deepEqual(publicNames("mongo.mongo.create"), ["users.mongo.create"]);
  });

  it("leaves other names alone", () => {
    assert.deepEqual(
      publicNames("mongo", "mongodb.create", "create", "x.mongo.create", "mongo:create", "tweets.list"),
      [],
    );
  });

  it("is undone by the way back, whatever the names", () => {
    const name = fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom("a", "b", ".", "/", ":", " ", "é") });
    const plain = fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom("a", "b", "é") });
    fc.assert(
      fc.property(plain, plain, fc.uniqueArray(name), (role, namespace, names) => {
        const translations = namespaceTranslations(role, namespace, names);
        assert.equal(new Set(translations.map((each) => each.public)).size, translations.length);
        for (const each of translations) {
          assert.equal(each.public.slice(role.length), each.internal.slice(namespace.length));
        }
      }),
    );
  });
});

describe("a namespace in the routes", () => {
  const usersOf = (users: object) => parseRoutes(JSON.stringify({ users }), "SERVICE_DATA").get("users");

  it("stands in them as translations, so that everybody who looks at them sees the public names", () => {
    const users = usersOf({ namespace: "mongo", receives: ["mongo.create", "ping"], sends: ["mongo.created"] });
    assert.deepEqual(users?.translations, [
      { public: "users.created", internal: "mongo.created" },
      { public: "users.create", internal: "mongo.create" },
    ]);
  });

  it("gives way to a translation of the exact name", () => {
    const translations = [{ public: "users.new", internal: "mongo.create" }];
    const users = usersOf({ namespace: "mongo", receives: ["mongo.create", "mongo.list"], translations });
    assert.deepEqual(users?.translations, [...translations, { public: "users.list", internal: "mongo.list" }]);
  });

  it("that is the role's own name changes nothing", () => {
    assert.deepEqual(usersOf({ namespace: "users", receives: ["users.create"] })?.translations, []);
  });

  it("must not give two messages of a role the same public name", () => {
    const clash = /'mongo.create' is 'users.create' outside by its namespace, as is another name of this role/;
    assert.throws(() => usersOf({ namespace: "mongo", receives: ["mongo.create", "users.create"] }), clash);
    const translations = [{ public: "users.create", internal: "make" }];
    assert.throws(() => usersOf({ namespace: "mongo", receives: ["mongo.create", "make"], translations }), clash);
  });
});
