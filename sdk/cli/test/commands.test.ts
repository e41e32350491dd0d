import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { commands } from "../src/commands.ts";

const bin = fileURLToPath(new URL("../src/bin.ts", import.meta.url));

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function exo(...args: string[]): Promise<Answer> {
  return new Promise((resolve) => {
    execFile(process.execPath, ["--no-warnings", bin, ...args], (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

describe("the exo command", function () {
  this.timeout(30_000);

  it("says its version and its commands by words and by flags", async () => {
    const [word, flag, help, usage] = await Promise.all([exo("version"), exo("--version"), exo("help"), exo("--help")]);
    assert.match(word.stdout, /^\d+\.\d+\.\d+\n$/);
    assert.deepEqual([flag, help.stdout], [word, usage.stdout]);
    assert.deepEqual([help.code, usage.code], [0, 0]);
  });

  it("lists the settings of a command by 'exo help <command>'", async () => {
    const [asked, own] = await Promise.all([exo("help", "run"), exo("run", "--help")]);
    assert.deepEqual(asked, own);
    assert.match(asked.stdout, /--online-timeout/);
  });

  it("says the versions of exo, Node and its packages for programs", async () => {
    const { code, stdout } = await exo("version", "--json");
    const {
      exo: own,
      node,
      packages,
    } = JSON.parse(stdout) as { exo: string; node: string; packages: Record<string, string> };
    assert.deepEqual([code, node, packages["@exosphere/sdk"]], [0, process.versions.node, own]);
    const typo = await exo("version", "--jsn");
    assert.deepEqual([typo.code, typo.stderr], [64, "exo version: Unknown flag --jsn (did you mean --json?)\n"]);
  });

  it("says which flag of a command was meant", async () => {
    for (const name of Object.keys(commands)) {
      const { code, stderr } = await exo(name, "--confgi", "x");
      assert.equal(code, 64, name);
      assert.match(stderr, new RegExp(`^exo ${name}: Unknown flag --confgi \\(did you mean --config\\?\\)`), name);
    }
  });

  it("has --json in every command that prints data", async () => {
    const silent = ["run", "mock", "completion"];
    for (const [name, { settings }] of Object.entries(commands))
      assert.equal("json" in (await settings()), !silent.includes(name), name);
  });

  it("refuses a command that does not exist, and obeys nothing in its name", async () => {
    const { code, stderr } = await exo("s\x1b[2Jtart");
    assert.equal(code, 64);
    assert.match(stderr, /there is no command 's\\u001b\[2Jtart'/);
  });

  it("says which command was meant, in one line", async () => {
    const { code, stderr } = await exo("trcae");
    assert.deepEqual(
      [code, stderr],
      [64, "exo: there is no command 'trcae' (did you mean trace?); 'exo help' lists all\n"],
    );
  });

  it("is listed completely in its README", () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    const rows = [...readme.slice(0, readme.indexOf("lists the flags")).matchAll(/^\| `exo ([^`]+)` \| (.*) \|$/gm)];
    const listed = rows.map(([, command, does]) => `${command}: ${does}`);
    const all = Object.entries(commands).map(
      ([name, { operands, does }]) => `${[name, operands ?? []].flat().join(" ")}: ${does}`,
    );
    assert.deepEqual(listed.slice(0, -2), all);
  });

  it("has what --json prints in docs/tools.md, for every command that has it", async () => {
    const page = readFileSync(new URL("../../../docs/tools.md", import.meta.url), "utf8");
    const rows = new Map(
      [...page.matchAll(/^\| `exo (\w+)` \| (.*) \|$/gm)].map(([, name = "", what = ""]) => [name, what]),
    );
    for (const [name, { settings }] of Object.entries(commands))
      assert.equal("json" in (await settings()), rows.has(name), name);
    const application = fileURLToPath(new URL("fixtures/typed-app", import.meta.url));
    for (const [name, ...args] of [
      ["version"],
      ["lint", application],
      ["test", application],
      ["doctor", application],
      ["types", application, "--check"],
    ] as const) {
      const { stdout } = await exo(name, ...args, "--json");
      for (const member of Object.keys(JSON.parse(stdout) as object))
        assert.ok(rows.get(name)?.includes(`\`${member}\``), `${name}: ${member}`);
    }
  });

  it("lists every command with what it does", async () => {
    const { stdout } = await exo("help");
    for (const [name, { does }] of Object.entries(commands))
      assert.match(stdout, new RegExp(`exo ${name}\\b.*${does}`));
  });
});
