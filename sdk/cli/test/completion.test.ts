import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { targets } from "@exosphere/deploy";
import { commands } from "../src/commands.ts";
import { shells } from "../src/completion/shells.ts";
import { exo } from "./exo-command.fixture.ts";

/** What a shell offers, where the cursor stands at the end of these words. */
type Offers = (...words: string[]) => readonly string[];

function has(shell: string): boolean {
  return spawnSync(shell, ["--version"], { stdio: "ignore" }).status === 0;
}

describe("exo completion", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "exo-completion-"));
  const script = (shell: string) => join(folder, shell);

  before(async () => {
    for (const shell of shells) {
      const { code, stdout, stderr } = await exo(["completion", shell]);
      assert.deepEqual([code, stderr], [0, ""]);
      writeFileSync(script(shell), stdout);
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** As readline fills them in, before it calls the function. */
  const bash: Offers = (...words) => {
    const code = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _exo; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const output = execFileSync("bash", ["--norc", "-c", code, "bash", script("bash"), ...words], { encoding: "utf8" });
    return output.split("\n").filter((line) => line !== "");
  };

  const fish: Offers = (...words) => {
    const code = `source ${script("fish")}; complete -C '${words.join(" ")}'`;
    const output = execFileSync("fish", ["--no-config", "-c", code], { encoding: "utf8", cwd: folder });
    return output.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")[0] ?? ""]));
  };

  /** Types words into an interactive zsh, a tab behind each, and reads what the line has become. */
  const zsh = (...words: string[]): string => {
    const code = `
      zmodload zsh/zpty
      zpty shell 'zsh -f -i'
      zpty -w shell 'autoload -Uz compinit; compinit -u -D; source ${script("zsh")}; exo() { print -r -- "<""$*"">" }; print RE""ADY'
      zpty -r -m shell output '*READY*'
      zpty -w -n shell $'exo ${words.join("\\t ")}\\t\\n'
      zpty -r -m shell output '*<*>*'
      print -r -- $output
      zpty -d shell`;
    const output = execFileSync("zsh", ["-f", "-c", code], {
      encoding: "utf8",
      timeout: 30_000,
      env: { ...process.env, TERM: "dumb", HOME: folder },
    });
    return /<(?!")([^>]*)>/.exec(output)?.[1] ?? assert.fail(output);
  };

  for (const [shell, offers] of [
    ["bash", bash],
    ["fish", fish],
  ] as const)
    (has(shell) ? it : it.skip)(
      `completes commands, flags and words in ${shell}${has(shell) ? "" : ` (not on this machine: apt-get install ${shell})`}`,
      () => {
        const all = [...Object.keys(commands), "help", "version"];
        assert.deepEqual([...offers("exo", "")].sort(), all.sort());
        assert.deepEqual([...offers("exo", "t")].sort(), ["tap", "test", "top", "trace", "types"]);
        assert.deepEqual([...offers("exo", "run", "--gate")], ["--gateway-port"]);
        assert.deepEqual([...offers("exo", "run", "--no-da")], ["--no-dashboard"]);
        assert.ok(offers("exo", "lint", "--").includes("--ignore"));
        assert.ok(!offers("exo", "lint", "--").includes("--gateway-port"));
        assert.deepEqual([...offers("exo", "mock", "--log-level", "de")], ["debug"]);
        assert.deepEqual([...offers("exo", "completion", "f")], ["fish"]);
        assert.deepEqual([...offers("exo", "help", "doc")], ["doctor"]);
        const offered = offers("exo", "deploy", "");
        for (const { name } of targets) assert.ok(offered.includes(name), name);
      },
    );

  (has("bash") ? it : it.skip)(
    `completes values behind an equals sign in bash${has("bash") ? "" : " (not on this machine: apt-get install bash)"}`,
    () => {
      assert.deepEqual(bash("exo", "mock", "--log-level", "=", "de"), ["debug"]);
      assert.ok(bash("exo", "mock", "--log-level", "=").includes("debug"));
      assert.deepEqual(bash("exo", "run", "--port", ""), [], "nothing is offered for what may be anything");
    },
  );

  (has("zsh") ? it : it.skip)(
    `completes commands, flags and words in zsh${has("zsh") ? "" : " (not on this machine: apt-get install zsh)"}`,
    () => {
      assert.equal(zsh("doct", "--js").trim(), "doctor --json");
      assert.equal(zsh("mock", "--log-level de").trim(), "mock --log-level debug");
      assert.equal(zsh("completion", "fi").trim(), "completion fish");
    },
  );

  it("says which shells there are", async () => {
    const missing = await exo(["completion"]);
    assert.deepEqual([missing.code, missing.stderr], [64, "exo completion: which shell is missing: bash, zsh, fish\n"]);
    const typo = await exo(["completion", "fihs"]);
    assert.deepEqual(
      [typo.code, typo.stderr],
      [64, "exo completion: there is no script for 'fihs' (did you mean fish?); there are: bash, zsh, fish\n"],
    );
  });
});
