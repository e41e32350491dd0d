import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ExoRun } from "./exo-run.fixture.ts";

const bin = fileURLToPath(new URL("../src/bin.ts", import.meta.url));

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe("a first application", function () {
  this.timeout(120_000);
  const parent = mkdtempSync(join(tmpdir(), "exo-first-"));
  const folder = join(parent, "shop");
  let exo: ExoRun | undefined;
  after(async () => {
    await exo?.end("SIGTERM");
    rmSync(parent, { recursive: true, force: true });
  });

  function run(cwd: string, ...args: string[]): Promise<Answer> {
    const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
    return new Promise((resolve) => {
      execFile(process.execPath, ["--no-warnings", bin, ...args], { cwd, env }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
  }

  it("is written without questions, and says what to do next", async () => {
    const { code, stdout } = await run(parent, "init", "shop");
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^shop is in shop: two services that talk, 'web' and 'greeter'\. Try it:\n\n {2}cd shop\n {2}exo run --watch\n/,
    );
    assert.match(stdout, /^ {2}curl 'http:\/\/127\.0\.0\.1:3000\/\?name=Ada'$/m);
    assert.deepEqual(readdirSync(folder).sort(), [
      ".gitignore",
      "README.md",
      "application.yml",
      "greeter",
      "package.json",
      "web",
    ]);
    assert.equal((JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name: string }).name, "shop");
  });

  it("has nothing that exo lint remarks on, and tests that pass", async () => {
    const lint = await run(folder, "lint", "--strict");
    assert.deepEqual([lint.code, lint.stderr], [0, ""], lint.stdout);
    const tests = await run(folder, "test");
    assert.equal(tests.code, 0, tests.stdout + tests.stderr);
    assert.match(tests.stdout, /2 passed/);
  });

  it("runs at once, and answers", async () => {
    exo = new ExoRun(["--watch"], { EXO_RUN_FILE: "true" }, "run", folder);
    await exo.ready();
    const [, url] = await exo.until(/^web is at (\S+)$/m);
    assert.equal(await (await fetch(`${url}/?name=Ada`)).text(), "Hello, Ada!\n");
    assert.equal((await exo.tryIt()).name, "greeter.greeted");
  });

  it("takes a new service up while it runs, in a folder below as well", async () => {
    const { code, stdout } = await run(join(folder, "web"), "add", "service", "billing", "--language", "js");
    assert.equal(code, 0);
    assert.match(stdout, /^billing is in \.\.\/billing, and in application\.yml: it answers 'billing\.greet'\.\n/);
    await exo?.until(/billing was added/);
    assert.equal((await run(folder, "test", "billing")).code, 0);
  });

  it("asks where it is told nothing, on a terminal, and writes nothing without an answer", async function () {
    // Of util-linux: gives a command a terminal. That of other systems takes other arguments.
    if (process.platform !== "linux" || spawnSync("script", ["--version"]).status !== 0) this.skip();
    const onTerminal = (cwd: string, answers: string) => {
      const command = `'${process.execPath}' --no-warnings '${bin}' init`;
      const { status, stdout } = spawnSync("script", ["-qec", command, "/dev/null"], {
        cwd,
        input: answers,
        encoding: "utf8",
      });
      return { status, stdout };
    };
    const blog = onTerminal(parent, "blog\npython\n");
    assert.equal(blog.status, 0, blog.stdout);
    assert.match(blog.stdout, /Folder of the application \(\.\): [\s\S]*Language of its second service/);
    assert.ok(existsSync(join(parent, "blog/greeter/greeter.py")));
    for (const interrupted of ["\x04", "unused\n\x04"]) {
      const { status, stdout } = onTerminal(parent, interrupted);
      assert.equal(status, 1);
      assert.match(stdout, /exo init: no answer, and nothing is written\r\n$/);
    }
    assert.equal(existsSync(join(parent, "unused")), false);
  });

  it("refuses what makes no sense, and writes nothing", async () => {
    const before = readFileSync(join(folder, "application.yml"), "utf8");
    const mistakes: readonly (readonly [cwd: string, args: string[], said: RegExp])[] = [
      [parent, ["init", "shop"], /^exo init: '.*shop' is not empty; name a folder that is empty, or not there yet\n$/],
      [parent, ["init", "new", "--language", "pyhton"], /'pyhton' is none of ts, js, .* \(did you mean python\?\)\n$/],
      [parent, ["init", "new", "--name", "A b"], /'A b' cannot be the name/],
      [
        parent,
        ["add", "service", "users"],
        /no application\.yml in this folder or above it; 'exo init' writes an application\n$/,
      ],
      [parent, ["run"], /^exo run: there is no application\.yml in this folder or above it; 'exo init' writes/],
      [folder, ["add", "service", "users", "--language", "cobol"], /'cobol' is none of/],
      [folder, ["add", "service", "../users"], /cannot be the name/],
      [folder, ["add", "service", "security"], /'security' is the role that decides what is delivered/],
      [folder, ["add", "service", "web"], /a service 'web' already/],
      [folder, ["add", "servce", "users"], /'exo add service NAME --language js' \(did you mean service\?\)\n$/],
    ];
    for (const [cwd, args, said] of mistakes) {
      const { code, stderr } = await run(cwd, ...args);
      assert.equal(code, 64, args.join(" "));
      assert.match(stderr, said);
      assert.equal(stderr.trimEnd().split("\n").length, 1);
    }
    assert.deepEqual([existsSync(join(parent, "new")), existsSync(join(folder, "users"))], [false, false]);
    assert.equal(readFileSync(join(folder, "application.yml"), "utf8"), before);
  });

  it("says after 5 s that a service neither listens nor attaches, and what to do", async () => {
    writeFileSync(join(folder, "billing/billing.mjs"), `console.log("not yet"); setInterval(() => {}, 1000);`);
    const yml = join(folder, "billing/service.yml");
    writeFileSync(yml, readFileSync(yml, "utf8").replace("  online-text: billing online\n", ""));
    // Nothing is said of the one that people open: it gets nothing but replies.
    await exo?.until(/billing runs, but nothing listens on port \d+ \(EXORELAY_PORT\)[^\n]*let it listen there/);
    assert.doesNotMatch(exo?.output ?? "", /Nothing listens on/);
  });
});
