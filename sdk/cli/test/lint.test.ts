import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Finding, rules } from "../src/lint/finding.ts";
import { exo } from "./exo-command.fixture.ts";

const example = fileURLToPath(new URL("../../../examples/space-tweet", import.meta.url));
const page = readFileSync(new URL("../../../docs/tools.md", import.meta.url), "utf8");

/** An application in which every rule finds something, and each of them once but for the strays. */
const files = {
  "application.yml": `name: shop
title: Shop
services:
  web: { location: ./web }
  users:
    location: ./users
    translations: [{ public: users.create, internal: users.create }]
gateway:
  role: clients
  sends: [users.list]
  receives: [users.listed]
  clients:
    anonymous: { receives: all }
`,
  "web/service.yml": `startup: { command: node web.js }
tests: npm test
messages:
  sends: [users.create, users.delte]
  receives:
    - users.created
`,
  "users/service.yml": `tests: npm test
messages:
  sends: [users.created, users.not-created, users.listed]
  receives: [users.create, users.delete, users.list]
`,
  "users/messages/users.list.schema.json": '{"type": 5}',
  "users/messages/users.lsit.schema.json": "{}",
};

describe("exo lint", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "exo-lint-"));
  before(() => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("finds what each rule is for, with file, line and what to do", async () => {
    const { code, stdout } = await exo(["lint"], { cwd: folder });
    const lines = stdout.trimEnd().split("\n");
    assert.deepEqual(lines, [
      "application.yml: warning: keys of earlier versions that mean nothing here are ignored: 'title' [earlier-keys]",
      "application.yml:7:54: warning: users calls 'users.create' what the bus calls it; remove the translation [useless-translation]",
      "application.yml:10:11: warning: no client may send 'users.list'; add it to 'clients', or remove it here [unused-right]",
      "users/messages/users.list.schema.json: error: /type: must be one of array, boolean, integer, null, number, object, string, but is 5; mend the schema [invalid-schema]",
      "users/messages/users.lsit.schema.json: warning: is for 'users.lsit', which the service neither sends nor receives (did you mean users.list?); rename or remove it [unused-schema]",
      "users/service.yml: warning: users has no startup command, and is not started; write 'startup: {command: …}' [no-startup]",
      "users/service.yml:3:26: warning: 'users.not-created' is sent by users, and no role receives it; add it to 'receives' of one, or remove it here [sent-not-received]",
      "users/service.yml:4:28: warning: 'users.delete' is received by users, and no role sends it (did you mean users.delte?); add it to 'sends' of one, or remove it here [received-not-sent]",
      "web/service.yml:4:11: warning: web sends 'users.create', and does not receive the reply 'users.not-created' of users: a request would fail with NOT_ALLOWED; add it to 'receives' of web [reply-not-received]",
      "web/service.yml:4:25: warning: 'users.delte' is sent by web, and no role receives it (did you mean users.delete?); add it to 'receives' of one, or remove it here [sent-not-received]",
      "1 error, 9 warnings",
    ]);
    assert.equal(code, 1);
  });

  it("prints findings for programs", async () => {
    const { stdout } = await exo(["lint", folder, "--json"]);
    const { errors, warnings, findings } = JSON.parse(stdout) as {
      errors: number;
      warnings: number;
      findings: Finding[];
    };
    assert.deepEqual([errors, warnings, findings.length], [1, 9, 10]);
    assert.deepEqual(
      findings.find(({ rule }) => rule === "unused-right"),
      {
        rule: "unused-right",
        severity: "warning",
        file: join(folder, "application.yml"),
        line: 10,
        column: 11,
        text: "no client may send 'users.list'; add it to 'clients', or remove it here",
      },
    );
  });

  it("leaves out the rules that are to be ignored, and fails for warnings where it is strict", async () => {
    const others = Object.keys(rules).filter((rule) => rule !== "no-startup");
    const ignore = ["--ignore", others.join(",")];
    assert.equal((await exo(["lint", folder, ...ignore])).code, 0);
    const { code, stdout } = await exo(["lint", folder, ...ignore, "--strict"]);
    assert.deepEqual([code, stdout.split("\n").at(-2)], [1, "0 errors, 1 warning"]);
    const typo = await exo(["lint", folder, "--ignore", "no-test"]);
    assert.equal(typo.code, 64);
    assert.match(typo.stderr, /there is no rule 'no-test' \(did you mean no-tests\?\)/);
  });

  it("finds what cannot be read as errors, with their places", async () => {
    const broken = fileURLToPath(new URL("../../../runtime/application/src/fixtures/broken", import.meta.url));
    const { code, stdout } = await exo(["lint", broken]);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /application\.yml:2:1: error: key 'verson': is unknown \(did you mean version\?\).* \[invalid-file\]/,
    );
    const { code: nothing, stdout: text } = await exo(["lint", tmpdir()]);
    assert.deepEqual([nothing, text.split("\n").at(-2)], [1, "1 error, 0 warnings"]);
  });

  it("finds nothing in the example but that its services have no tests", async () => {
    const { code, stdout } = await exo(["lint", example, "--ignore", "no-tests", "--strict"]);
    assert.deepEqual([code, stdout], [0, "0 errors, 0 warnings\n"]);
  });

  it("has every rule in docs/tools.md", () => {
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (?:error|warning) \| (.*) \|$/gm)].map(([, rule, what]) => [
      rule,
      what,
    ]);
    assert.deepEqual(Object.fromEntries(rows), rules);
  });
});
