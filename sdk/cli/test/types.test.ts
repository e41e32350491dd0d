import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { typesCommand } from "../src/types/types-command.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const typedApp = fileURLToPath(new URL("fixtures/typed-app", import.meta.url));

describe("exo types", function () {
  this.timeout(60_000);
  let folder: string;

  /** Inside of the repository, so that its packages are found. */
  beforeEach(() => {
    mkdirSync(join(repository, "node_modules/.cache"), { recursive: true });
    folder = mkdtempSync(join(repository, "node_modules/.cache/exo-types-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(path: string, content: string | object): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === "string" ? content : JSON.stringify(content));
  }

  async function run(...argv: string[]) {
    const [lines, errors]: [string[], string[]] = [[], []];
    const print = (line: string) => lines.push(line);
    const code = await typesCommand({ argv, env: {}, version: "1", print, printError: (line) => errors.push(line) });
    return { code, lines, errors, error: errors.join("\n") };
  }

  const declared = (path = "messages.d.ts") => readFileSync(join(folder, path), "utf8");

  it("has written what is committed", async () => {
    const { code, error } = await run(typedApp, "--check");
    assert.deepEqual([code, error], [0, ""]);
  });

  it("makes every wrong name and payload a mistake that the compiler finds, and no right one", () => {
    cpSync(typedApp, folder, { recursive: true });
    const file = join(folder, "users/service.ts");
    const source = readFileSync(file, "utf8");
    const expected = source
      .split("\n")
      .flatMap((line, index) => (line.includes("@ts-expect-error") ? [index + 2] : []));
    assert.ok(expected.length > 15);
    writeFileSync(file, source.replaceAll("@ts-expect-error", "expected:"));
    const options = { noEmit: true, skipLibCheck: true };
    write("tsconfig.json", {
      extends: join(repository, "tsconfig.json"),
      compilerOptions: options,
      include: ["users"],
      exclude: [],
    });
    const compiler = join(repository, "node_modules/typescript/bin/tsc");
    const { stdout } = spawnSync(process.execPath, [compiler, "-p", folder, "--pretty", "false"], { encoding: "utf8" });
    const found = [...stdout.matchAll(/service\.ts\((\d+),/g)].map(([, line]) => Number(line));
    assert.deepEqual([...new Set(found)], expected, stdout);
  });

  it("writes the messages of one service, whose payloads may be anything without a schema", async () => {
    write("service.yml", "messages: { receives: [a, { name: b, concurrency: 2 }], sends: [c] }");
    const { code, lines } = await run(folder);
    assert.equal(code, 0);
    assert.match(
      lines[0] ?? "",
      /messages\.d\.ts written: 2 received, 1 sent, 3 of them without a schema, such as a\.schema/,
    );
    assert.match(declared(), /receives: \{\n {4}a: unknown;\n {4}b: unknown;\n {2}\}/);
    assert.match(declared(), /sends: \{\n {4}c: unknown;\n {2}\}/);
    assert.match((await run(folder)).lines[0] ?? "", /is up to date/);
  });

  it("says in --check what is out of date, and leaves it", async () => {
    write("service.yml", "messages: { receives: [a] }");
    write("messages.d.ts", "old");
    const { code, error } = await run(folder, "--check");
    assert.equal(code, 1);
    assert.match(error, /messages\.d\.ts is out of date; run 'exo types'/);
    assert.equal(declared(), "old");
  });

  it("finds the schema of a name that no file can have", async () => {
    write("service.yml", 'messages: { receives: ["a/b: c"] }');
    write("messages/a%2Fb%3A c.schema.json", { type: "number" });
    await run(folder);
    assert.match(declared(), /type ABC = number;[\s\S]*"a\/b: c": ABC;/);
  });

  it("takes the application's schemas by the public names, and a service's own first", async () => {
    write("application.yml", "services: { one: { location: ./one, translations: [{ public: x, internal: mine }] }, two: { location: ./two } }\nname: app"); // biome-ignore format: one line
    for (const role of ["one", "two"]) write(`${role}/server.js`, "");
    write("one/service.yml", "messages: { sends: [mine] }");
    write("two/service.yml", "messages: { receives: [x] }");
    write("messages/x.schema.json", { type: "string" });
    write("two/messages/x.schema.json", { type: "string", enum: ["only"] });
    assert.equal((await run(folder)).code, 0);
    assert.match(declared("one/messages.d.ts"), /type X = string;/);
    assert.match(declared("two/messages.d.ts"), /type X = "only";/);
  });

  it("leaves services in other languages alone", async () => {
    write("application.yml", "name: app\nservices: { one: { location: ./one } }");
    write("one/service.yml", "messages: { sends: [a] }");
    write("one/server.py", "");
    const { code, lines, error } = await run(folder);
    assert.deepEqual([code, lines], [0, []]);
    assert.match(error, /no service of .* is written in JavaScript or TypeScript/);
  });

  for (const [what, schema, expected] of [
    ["no JSON", "{", /a\.schema\.json: is no JSON/],
    ["no object", "[]", /a\.schema\.json: is no JSON Schema, which is an object/],
    ["a reference to nothing", '{"$ref":"nothing.json"}', /nothing\.json.*A \$ref may lead to files only/],
    [
      "a reference to the network",
      '{"$ref":"http://127.0.0.1:9/x.json"}',
      /127\.0\.0\.1.*A \$ref may lead to files only/,
    ],
    [
      "a type that there is none of",
      '{"properties":{"name":{"type":"strin"},"age":{"minimum":"0"}}}',
      /a\.schema\.json: \/properties\/name\/type: must be one of array, .*string, but is "strin"\n.*\/properties\/age\/minimum: must be number, but is "0"$/,
    ],
    [
      "the same in definitions",
      '{"$defs":{"a":{"type":"strin"}}}',
      /a\.schema\.json: \/\$defs\/a\/type: must be one of/,
    ],
    ["a version that nobody knows", '{"$schema":"https://json-schema.org/draft/3000"}', /\$schema: is no version that is known; there are draft-04, /], // biome-ignore format: one line
  ] as const) {
    it(`refuses ${what}`, async () => {
      write("service.yml", "messages: { receives: [a] }");
      write("messages/a.schema.json", schema);
      const { code, error } = await run(folder);
      assert.equal(code, 64);
      assert.match(error, expected);
    });
  }

  it("refuses a file that a $ref leads to, by its own name", async () => {
    write("service.yml", "messages: { receives: [a] }");
    write("messages/a.schema.json", { $ref: "../shared.json#/user" });
    write("shared.json", { definitions: {}, user: { type: "string" }, required: "user" });
    const { code, error } = await run(folder);
    assert.equal(code, 64);
    assert.match(error, /shared\.json: \/required: must be array, but is "user"/);
  });

  it("takes schemas of every version as they are", async () => {
    write("service.yml", "messages: { receives: [a, b, c, d] }");
    const from = "http://json-schema.org";
    write("messages/a.schema.json", { $schema: `${from}/draft-04/schema#`, type: "number", exclusiveMinimum: true, minimum: 0 }); // biome-ignore format: one line
    write("messages/b.schema.json", { $schema: `${from}/draft-07/schema#`, items: [{ type: "string" }] });
    write("messages/c.schema.json", { $schema: "https://json-schema.org/draft/2020-12/schema", prefixItems: [{ type: "string" }] }); // biome-ignore format: one line
    write("messages/d.schema.json", { type: ["string", "null"], "x-of-mine": 1 });
    assert.deepEqual(await run(folder).then(({ code, error }) => [code, error]), [0, ""]);
  });

  it("warns of a schema that is for no message", async () => {
    write("service.yml", "messages: { receives: [users.create] }");
    write("messages/users.creat.schema.json", {});
    assert.match((await run(folder)).error, /is for no message of this service \(did you mean users\.create\?\)/);
  });

  it("says where service.yml is wrong, and that there is none", async () => {
    write("service.yml", "messages: { receves: [a] }");
    const { code, error } = await run(folder);
    assert.equal(code, 64);
    assert.match(error, /service\.yml:1:\d+: .*receves/);
    const empty = await run(join(folder, "nowhere"));
    assert.deepEqual([empty.code, /application\.yml: does not exist/.test(empty.error)], [64, true]);
  });
});
