import assert from "node:assert/strict";
import { parseRoutes } from "./read-routes.ts";

describe("parseRoutes", () => {
  it("reads the rights of roles", () => {
    const routes = parseRoutes(
      `{
        "web": {"receives": ["users.created"], "sends": ["users.create"], "translations": []},
        "users": {
          "receives": [{"name": "mongo.create", "order": "none", "deadline": "5s"}],
          "sends": [],
          "translations": [{"public": "users.create", "internal": "mongo.create"}],
          "namespace": "mongo"
        }
      }`,
      "SERVICE_DATA",
    );
    assert.deepEqual(Object.fromEntries(routes), {
      web: { receives: [{ name: "users.created" }], sends: ["users.create"], translations: [] },
      users: {
        receives: [{ name: "mongo.create", order: "none", deadlineMs: 5000 }],
        sends: [],
        translations: [{ public: "users.create", internal: "mongo.create" }],
      },
    });
  });

  it("takes a missing list for an empty one", () => {
    assert.deepEqual(parseRoutes('{"web": {}}', "x").get("web"), { receives: [], sends: [], translations: [] });
    assert.equal(parseRoutes("{}", "x").size, 0);
  });

  it("reports all mistakes with their place and origin", () => {
    const text = '{\n  "web": {"recieves": [], "sends": ["a", "a"]},\n  "a/b": {},\n  "web": {}\n}';
    assert.throws(() => parseRoutes(text, "--routes routes.json"), {
      name: "ApplicationError",
      mistakes: [
        "--routes routes.json:2:11: key 'web.recieves': is unknown (did you mean receives?); there are: namespace, receives, sends, translations",
        "--routes routes.json:2:42: key 'web.sends[1]': 'a' is there twice; remove one",
        "--routes routes.json:3:3: key 'a/b': as the name of a role, 'a/b' has a slash; a role's name has none",
        "--routes routes.json:4:3: key 'web': is there twice; remove one",
      ],
    });
  });

  it("refuses two names by which a role would receive one message, as it could get that by one of them only", () => {
    const users = (translations: object[]) =>
      JSON.stringify({ users: { receives: ["create", "make"], sends: ["list", "show"], translations } });
    assert.throws(() => parseRoutes(users([{ public: "create", internal: "make" }]), "x"), {
      mistakes: [
        "x:1:10: key 'users': 'make' is 'create' outside by its translation, and so is 'create'; rename one of them",
      ],
    });
    const swapped = [{ public: "create", internal: "make" }, { public: "make", internal: "create" }]; // biome-ignore format: one line
    assert.equal(parseRoutes(users(swapped), "x").get("users")?.translations.length, 2);
    assert.ok(parseRoutes(users([{ public: "show", internal: "make" }]), "x"));
  });

  it("wants JSON, not YAML", () => {
    assert.throws(() => parseRoutes("web: {}", "SERVICE_DATA"), /SERVICE_DATA: is not valid JSON: /);
  });

  it("wants a map", () => {
    assert.throws(() => parseRoutes("[]", "SERVICE_DATA"), /SERVICE_DATA:1:1: must be a map, not a list/);
    assert.throws(() => parseRoutes("null", "SERVICE_DATA"), /must be a map, not empty/);
  });
});
