import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mockSettings } from "../../src/mock/mock-settings.ts";
import { MockProcess } from "./mock-process.fixture.ts";

const repository = fileURLToPath(new URL("../../../../", import.meta.url));
const page = readFileSync(join(repository, "docs/testing-services.md"), "utf8");
const hasPython = spawnSync("python3", ["-c", "import unittest"]).status === 0;
const hasCurl = spawnSync("curl", ["--version"]).status === 0;
const withPython = hasPython ? it : it.skip;

/** The files on the page: each block of code whose first line is a comment with a name. */
const files = new Map(
  [...page.matchAll(/^```\w+\n(?:\/\/|#) (\S+)\n([\s\S]*?)^```$/gm)].map(([, name = "", text = ""]) => [name, text]),
);

describe("docs/testing-services.md", function () {
  this.timeout(120_000);
  let folder: string;
  let mock: MockProcess | undefined;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "exo-docs-"));
    symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    for (const [name, text] of files) writeFileSync(join(folder, name), text);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(async () => {
    await mock?.end();
    mock = undefined;
  });

  function succeeds(args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    assert.equal(status, 0, `${stdout}${stderr}`);
    return stdout;
  }

  it("shows files", () => {
    assert.deepEqual([...files.keys()], ["service.yml", "users.ts", "users.test.ts", "users-node.test.ts", "test_greeter.py"]); // biome-ignore format: one line
  });

  it("shows a test for mocha that passes", () => {
    assert.match(succeeds(["node_modules/mocha/bin/mocha.js", "users.test.ts"]), /2 passing/);
  });

  it("shows a test for Node's own runner that passes", () => {
    assert.match(succeeds(["--test", "--test-reporter=tap", "users-node.test.ts"]), /^# pass 1$/m);
  });

  it("shows TypeScript that compiles", () => {
    const options = {
      extends: join(repository, "tsconfig.json"),
      include: ["*.ts"],
      compilerOptions: { lib: ["es2024", "esnext.disposable"] },
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
    succeeds(["node_modules/typescript/bin/tsc", "-p", "."]);
  });

  withPython(
    `shows a test in Python that passes${hasPython ? "" : " (not on this machine: apt-get install python3)"}`,
    async () => {
      cpSync(join(repository, "e2e/kit/src/service.py"), join(folder, "service.py"));
      writeFileSync(join(folder, "greeter.yml"), "messages: { receives: [greet], sends: [greeted] }");
      mock = await MockProcess.start("--role", "greeter", "--service", join(folder, "greeter.yml"));
      const env = { ...process.env, EXOCOM_PORT: String(mock.port) };
      const test = spawn("python3", ["test_greeter.py"], { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
      let output = "";
      test.stderr.on("data", (chunk: Buffer) => {
        output += String(chunk);
      });
      const [status] = await once(test, "close");
      assert.equal(status, 0, output);
      assert.match(output, /Ran 2 tests/);
    },
  );

  (hasCurl ? it : it.skip)(
    `shows a line of curl that works${hasCurl ? "" : " (not on this machine: apt-get install curl)"}`,
    async () => {
      mock = await MockProcess.start(
        "--role",
        "greeter",
        "--service",
        join(repository, "examples/languages/python"),
        "--within",
        "50ms",
      );
      const [line = ""] = /^curl -d .*$/m.exec(page) ?? [];
      const { stdout } = spawnSync("sh", ["-c", line.replace(":4500/", `:${mock.port}/`)], { encoding: "utf8" });
      // Nobody greets here, and it says so.
      assert.match(stdout, /DEADLINE_EXCEEDED.*|No service is attached as 'greeter'/);
      assert.match(stdout, /No service is attached as 'greeter', which receives 'greet'/);
    },
  );

  it("tells of every setting of exo mock, and of every call", async () => {
    for (const name of Object.keys(mockSettings)) {
      const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      assert.ok(page.includes(`\`${flag}\``), `${flag} is missing`);
    }
    mock = await MockProcess.start("--role", "greeter", "--service", join(repository, "examples/languages/python"));
    const { detail = "" } = await mock.get("/nothing");
    const calls = [...detail.matchAll(/(?:GET|POST) \/mock\/\w+/g)].map(([call]) => call);
    assert.equal(calls.length, 9);
    for (const call of calls) assert.ok(page.includes(`\`${call}\``), `${call} is missing`);
  });
});
