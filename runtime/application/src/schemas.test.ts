import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv, type ValidateFunction } from "ajv";
import fc from "fast-check";
import { parse } from "yaml";
import { ApplicationError } from "./application-error.ts";
import { documentsOf } from "./fixtures/schema-documents.ts";
import { withFolder } from "./fixtures/temporary-application.ts";
import type { JsonSchema } from "./form.ts";
import { readApplication } from "./read-application.ts";
import { applicationSchema, serviceSchema } from "./schemas.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Mistakes that depend on other places or other files, or on what a text means: only the reader finds them. */
const crossReferences = [
  /there is no folder '/,
  /service\.yml: does not exist; create it/,
  /is not among what the gateway's role/,
  /is a service with messages of its own/,
  /is the (public|internal) name of two translations/,
  /'[^']*' is there twice; remove one/,
  /outside by its (translation|namespace)/,
  /is a role already/,
  /differs from the service's own namespace/,
  /must be a time from 1ms to 24d/,
  /must be a whole number from \d+ to \d+, not '\d+'/,
  /has a request that is above its limit/,
  /has a 'min' of \d+ that is above its 'max'/,
];

/** A service's kind of 2016, which the reader ignores and the schema marks. */
const ignoresType = /are ignored: .*'(services\.[^']*\.)?type'/;

function compiled(schema: JsonSchema): ValidateFunction {
  return new Ajv({ strict: false, allErrors: true }).compile(schema);
}

const isApplication = compiled(applicationSchema());
const isService = compiled(serviceSchema());

/** What the reader says of these files: its mistakes, or its warnings where there are none. */
function judge(
  application: unknown,
  service: unknown,
): { readonly mistakes: readonly string[]; readonly warnings: readonly string[] } {
  const files = { "application.yml": JSON.stringify(application), "web/service.yml": JSON.stringify(service) };
  return withFolder(files, (folder) => {
    try {
      return { mistakes: [], warnings: readApplication(folder).warnings };
    } catch (error) {
      assert.ok(error instanceof ApplicationError, String(error));
      return { mistakes: error.mistakes, warnings: [] };
    }
  });
}

/** Fails unless reader and schema agree on a document. */
function assertAgree(
  { mistakes, warnings }: ReturnType<typeof judge>,
  isRight: ValidateFunction,
  document: unknown,
): void {
  const own = mistakes.filter((mistake) => !crossReferences.some((each) => each.test(mistake)));
  const isAccepted = isRight(document);
  if (own.length > 0) assert.ok(!isAccepted, `the schema accepts what the reader refuses: ${own.join("\n")}`);
  else if (mistakes.length === 0 && !warnings.some((warning) => ignoresType.test(warning)))
    assert.ok(isAccepted, `the schema refuses what the reader accepts: ${JSON.stringify(isRight.errors, null, 1)}`);
}

describe("the JSON Schemas", () => {
  it("agree with the reader on any service.yml", () => {
    const application = { name: "x", services: { web: { location: "web" } } };
    let accepted = 0;
    fc.assert(
      fc.property(documentsOf(serviceSchema()), (service) => {
        assertAgree(judge(application, service), isService, service);
        if (isService(service)) accepted += 1;
      }),
      { numRuns: 500 },
    );
    assert.ok(accepted > 50 && accepted < 450, `${accepted} of 500 documents are right: the test says too little`);
  });

  it("agree with the reader on any application.yml", () => {
    let accepted = 0;
    fc.assert(
      fc.property(documentsOf(applicationSchema()), (application) => {
        assertAgree(judge(application, {}), isApplication, application);
        if (isApplication(application)) accepted += 1;
      }),
      { numRuns: 500 },
    );
    assert.ok(accepted > 50 && accepted < 450, `${accepted} of 500 documents are right: the test says too little`);
  });

  it("accept every application.yml and service.yml of the repository, and nothing that is broken", () => {
    const files = ["examples", "services", "runtime/application", "sdk/cli/test"].flatMap((folder) =>
      globSync(`${root}/${folder}/**/{application,service}.yml`, { exclude: ["**/node_modules"] }),
    );
    assert.ok(files.length > 20);
    for (const file of files) {
      const isRight = file.endsWith("application.yml") ? isApplication : isService;
      const document: unknown = file.includes("/broken/web/")
        ? { tests: 1, type: "publik" }
        : parse(readFileSync(file, "utf8"), { uniqueKeys: false });
      assert.equal(isRight(document), !file.includes("/broken/"), `${file}: ${JSON.stringify(isRight.errors)}`);
    }
  });

  for (const [what, text, place] of [
    ["an unknown key", "{name: x, servics: {}}", ""],
    ["a missing name", "{services: {}}", ""],
    ["a service that is nowhere", "{name: x, services: {web: {}}}", "/services/web"],
    ["a service that is twice", "{name: x, services: {web: {location: a, docker-image: b}}}", "/services/web"],
    ["a type beside a location", "{name: x, services: {web: {location: a, type: public}}}", "/services/web"],
    ["the name of a role with a slash", "{name: x, services: {a/b: {location: a}}}", "/services"],
    [
      "translations that lack a side",
      "{name: x, services: {web: {location: a, translations: [{public: a}]}}}",
      "/services/web/translations/0",
    ],
    ["a gateway without a role", "{name: x, gateway: {sends: [a]}}", "/gateway"],
    [
      "rights that are a word",
      "{name: x, gateway: {role: c, clients: {users: {sends: some}}}}",
      "/gateway/clients/users/sends",
    ],
  ] as const)
    it(`refuse ${what} in application.yml`, () => assertRefused(isApplication, text, place));

  for (const [what, text, place] of [
    ["an unknown key", "{mesages: {}}", ""],
    ["a type that is none", "{type: publik}", "/type"],
    ["a startup without a command", "{startup: {online-text: up}}", ""],
    ["two spellings of one fact", "{messages: {}, dependency-data: {exocom: {}}}", ""],
    [
      "a deadline without a unit",
      "{messages: {receives: [{name: a, deadline: soon}]}}",
      "/messages/receives/0/deadline",
    ],
    ["a concurrency of 0", "{messages: {receives: [{name: a, concurrency: 0}]}}", "/messages/receives/0/concurrency"],
    ["a port that is none", "{development: {port: 70000}}", "/development/port"],
    ["a message that is twice", "{messages: {sends: [a, a]}}", "/messages/sends"],
    ["a namespace with a separator", "{messages: {namespace: a.b}}", "/messages/namespace"],
    ["tests without a command", "{tests: {mock: true}}", "/tests"],
    ["a variable with a dash", "{environment: {A-B: 1}}", "/environment"],
  ] as const)
    it(`refuse ${what} in service.yml`, () => assertRefused(isService, text, place));
});

function assertRefused(isRight: ValidateFunction, text: string, place: string): void {
  assert.ok(!isRight(parse(text)), text);
  assert.ok(
    isRight.errors?.some(({ instancePath }) => instancePath === place),
    JSON.stringify(isRight.errors),
  );
}
