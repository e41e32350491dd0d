import assert from "node:assert/strict";
import { execFile } from "node:child_process";
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

  it("lists every command with what it does", async () => {
    const { stdout } = await exo("help");
    for (const [name, { does }] of Object.entries(commands))
      assert.match(stdout, new RegExp(`exo ${name}\\b.*${does}`));
  });
});
