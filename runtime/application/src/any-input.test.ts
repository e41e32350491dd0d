import assert from "node:assert/strict";
import fc from "fast-check";
import { ApplicationError } from "./application-error.ts";
import { withFolder } from "./fixtures/temporary-application.ts";
import { readApplication } from "./read-application.ts";
import { parseRoutes } from "./read-routes.ts";

const keys = (
  "name version services gateway role web users public location docker-image translations internal messages sends receives " +
  "namespace type startup command online-text tests environment default development scripts run test dependency-data " +
  "exocom deadline concurrency order example message-translation author __proto__ constructor"
).split(" ");

/** Data that gets past the first checks more often than any JSON does. */
const { data: likely } = fc.letrec<{ data: unknown; map: unknown }>((tie) => ({
  data: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    fc.constantFrom<unknown>(
      "web",
      "a.b",
      "./web",
      "..",
      "",
      "public",
      "worker",
      "none",
      "5s",
      "\u0000",
      null,
      3,
      true,
    ),
    fc.jsonValue(),
    fc.array(tie("data"), { maxLength: 3 }),
    tie("map"),
  ),
  map: fc.dictionary(fc.constantFrom(...keys), tie("data"), { maxKeys: 6 }),
}));

function isAnswered(use: () => unknown): void {
  try {
    use();
  } catch (error) {
    assert.ok(error instanceof ApplicationError, String(error));
    assert.ok(error.mistakes.length > 0);
    for (const mistake of error.mistakes) assert.doesNotMatch(mistake, /undefined|\[object/);
  }
}

describe("any input", () => {
  it("as application.yml and service.yml is read or refused with its mistakes", () => {
    const text = fc.oneof(
      likely.map((data) => JSON.stringify(data)),
      fc.json(),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(text, text, (application, service) => {
        const files = { "application.yml": application, "web/service.yml": service };
        withFolder(files, (folder) => isAnswered(() => readApplication(folder)));
      }),
    );
  });

  it("as a service.yml is read or refused with its mistakes", () => {
    const application = "{name: x, services: {web: {location: web}}}";
    fc.assert(
      fc.property(likely, (service) => {
        const files = { "application.yml": application, "web/service.yml": JSON.stringify(service) };
        withFolder(files, (folder) => isAnswered(() => readApplication(folder)));
      }),
      { numRuns: 200 },
    );
  });

  it("as routes is read or refused with its mistakes", () => {
    fc.assert(fc.property(fc.string(), (text) => isAnswered(() => parseRoutes(text, "x"))));
    fc.assert(fc.property(likely, (data) => isAnswered(() => parseRoutes(JSON.stringify(data), "x"))));
  });

  it("that is JSON passes as YAML too", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()), fc.boolean(), (data, isIndented) => {
        try {
          parseRoutes(JSON.stringify(data, null, isIndented ? "\t" : 0), "x");
        } catch (error) {
          assert.ok(error instanceof ApplicationError);
          assert.doesNotMatch(error.message, /not valid YAML/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
