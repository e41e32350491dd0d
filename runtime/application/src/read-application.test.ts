import assert from "node:assert/strict";
import { isAbsolute, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Application } from "./application.ts";
import { withFolder } from "./fixtures/temporary-application.ts";
import { readApplication } from "./read-application.ts";

const fixtures = fileURLToPath(new URL("fixtures", import.meta.url));

function read(fixture: string): Application {
  return readApplication(join(fixtures, fixture));
}

function serviceOf(application: Application, role: string) {
  return application.services.find((service) => service.role === role);
}

/** Warnings, with paths as they are on every machine. */
function warningsOf(application: Application): string[] {
  return application.warnings.map((warning) => warning.replaceAll(`${fixtures}/`, ""));
}

/** Nothing is allowed that is not listed. */
const nobody = {
  anonymous: { sends: [], receives: [] },
  users: { sends: [], receives: [] },
  scopes: new Map(),
};

describe("readApplication", () => {
  describe("in today's spelling", () => {
    const application = read("today");

    it("says what the application is", () => {
      const { name, description, version, gateway } = application;
      assert.deepEqual(
        { name, description, version, gateway },
        {
          name: "today",
          description: "every key in today's spelling",
          version: "1.10",
          gateway: { role: "client", clients: nobody },
        },
      );
    });

    it("says what a service is", () => {
      const { directory, type, description, startup, tests, environment } = serviceOf(application, "web") ?? {};
      assert.deepEqual(
        { directory, type, description, startup, tests, environment },
        {
          directory: join(fixtures, "today", "web"),
          type: "public",
          description: "serves the pages",
          startup: { command: "node web.js", onlineText: "web is up" },
          tests: { command: "npm test", mock: false, timeoutMs: undefined },
          environment: { PORT: "3000", VERBOSE: "true" },
        },
      );
    });

    it("fills in what is left out", () => {
      const { type, startup, tests, description, route } = serviceOf(application, "users") ?? {};
      assert.deepEqual(
        { type, startup, tests, description },
        { type: "private", startup: undefined, tests: undefined, description: "" },
      );
      assert.deepEqual(route?.sends, []);
    });

    it("lets the application have the last word on environment variables", () => {
      assert.deepEqual(serviceOf(application, "users")?.environment, { DATABASE: "users", EMPTY: "" });
    });

    it("takes a docker image as it is described in application.yml", () => {
      const { directory, dockerImage, type, description } = serviceOf(application, "search") ?? {};
      assert.deepEqual(
        { directory, dockerImage, type, description },
        { directory: undefined, dockerImage: "exosphere/search:3", type: "worker", description: "finds things" },
      );
    });

    it("makes a route of every role, the gateway's included", () => {
      assert.deepEqual(Object.fromEntries(application.routes), {
        web: {
          sends: ["users.create"],
          receives: [
            { name: "users.created" },
            {
              name: "search.found",
              deadlineMs: 1500,
              concurrency: 4,
              order: "none",
              example: { hits: [{ id: 1 }] },
            },
          ],
          translations: [],
        },
        users: {
          sends: [],
          receives: [{ name: "mongo.create" }],
          translations: [{ public: "users.create", internal: "mongo.create" }],
        },
        search: { sends: ["search.found"], receives: [{ name: "search.find" }], translations: [] },
        client: {
          sends: ["find"],
          receives: [{ name: "search.found" }],
          translations: [{ public: "search.find", internal: "find" }],
        },
      });
    });

    it("names all files, for watching", () => {
      assert.ok(application.files.every(isAbsolute));
      assert.deepEqual(
        application.files.map((file) => relative(application.root, file)),
        ["application.yml", "web/service.yml", "users/service.yml"],
      );
      assert.equal(application.files[0], application.file);
    });

    it("has nothing to warn of", () => {
      assert.deepEqual(application.warnings, []);
    });
  });

  describe("in the spelling of 2016", () => {
    const application = read("grouped");

    it("finds the services in their groups, which give them their type unless they say otherwise", () => {
      const types = application.services.map(({ role, type }) => [role, type]);
      assert.deepEqual(types, [
        ["web", "public"],
        ["users", "private"],
        ["tweets", "private"],
      ]);
    });

    it("finds the translations", () => {
      const translations = [{ public: "tweets.list", internal: "list" }];
      assert.deepEqual(application.routes.get("tweets")?.translations, translations);
    });

    it("warns once per file of what means nothing here", () => {
      const ignored = "keys of earlier versions that mean nothing here are ignored";
      assert.deepEqual(warningsOf(application), [
        `grouped/application.yml: ${ignored}: 'author', 'bots', 'services.private.users.silent'`,
        `grouped/web-server/service.yml: ${ignored}: 'title', 'author', 'setup', 'docker'`,
      ]);
    });
  });

  describe("in the spelling of 2017 and 2018", () => {
    const application = read("later");

    it("finds commands, messages, translations and variables", () => {
      const { startup, tests, environment, route } = serviceOf(application, "web") ?? {};
      assert.deepEqual(startup, { command: "node server.js", onlineText: undefined });
      assert.equal(tests?.command, "mocha");
      assert.deepEqual(environment, { THEME: "light", LEVEL: "1" });
      assert.deepEqual(route, {
        sends: ["user.create"],
        receives: [{ name: "user.created" }],
        translations: [{ public: "users.create", internal: "user.create" }],
      });
    });

    it("takes the port of development for the one that the app serves people on", () => {
      assert.equal(serviceOf(application, "web")?.port, 3000);
      assert.equal(serviceOf(application, "users")?.port, undefined);
    });

    it("warns once per file", () => {
      assert.equal(application.warnings.length, 2);
    });
  });

  describe("in the schemas that were published from 2016 to 2018", () => {
    const files = {
      "application.yml": [
        "name: old",
        "bus: {type: exocom, version: 0.16.1}",
        "shared-directories: [shared]",
        "environments: {qa: {}}",
        "user-data: {team: web}",
        "services: {web: {location: web}, users: {location: users}}",
      ].join("\n"),
      "web/service.yml": [
        "type: htmlserver",
        "startup: {online-text: all systems go}",
        "tests: npm test",
        "development: {port: '3000', scripts: {run: node app.js, test: mocha}}",
      ].join("\n"),
      "users/service.yml": "user-data: {}\nshared-directories: []\nmessages: {sends: [a]}",
    };

    it("accepts every key and spelling, with one warning per file", () => {
      withFolder(files, (folder) => {
        const application = readApplication(folder);
        const { startup, tests, port, type } = serviceOf(application, "web") ?? {};
        assert.deepEqual(startup, { command: "node app.js", onlineText: "all systems go" });
        assert.deepEqual([tests?.command, port, type], ["npm test", 3000, "private"]);
        const ignored = "keys of earlier versions that mean nothing here are ignored";
        assert.deepEqual(
          application.warnings.map((warning) => warning.replaceAll(`${folder}/`, "")),
          [
            `application.yml: ${ignored}: 'bus', 'shared-directories', 'environments', 'user-data'`,
            `web/service.yml: ${ignored}: 'type', 'development.scripts.test'`,
            `users/service.yml: ${ignored}: 'user-data', 'shared-directories'`,
          ],
        );
      });
    });
  });

  describe("of roles that share a folder", () => {
    const application = read("shared");

    it("reads it for both, and names and warns of it once", () => {
      assert.deepEqual([...application.routes.keys()], ["users", "admins"]);
      assert.equal(application.files.length, 2);
      assert.deepEqual(warningsOf(application), [
        "shared/users/service.yml: keys of earlier versions that mean nothing here are ignored: 'setup'",
        "shared/application.yml:4:45: key 'services.admins.translations[0]': has no effect: the role neither sends nor receives 'y'",
      ]);
    });

    it("lets the gateway play the role of a service", () => {
      assert.equal(application.gateway?.role, "users");
      assert.deepEqual(application.routes.get("users")?.receives, [{ name: "create" }]);
    });
  });
});
