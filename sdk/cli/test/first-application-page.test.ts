import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ExoRun } from "./exo-run.fixture.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const page = readFileSync(join(root, "docs/first-application.md"), "utf8");

/** A command that the page shows, and what it shows of the output. */
interface Shown {
  readonly command: string;
  readonly output: string;
}

/** What stands in the page's blocks, by the heading above it. */
function shownBelow(heading: string): Shown[] {
  const [, section = ""] = page.split(`## ${heading}\n`);
  const blocks = [...(section.split("\n## ")[0] ?? "").matchAll(/^```sh\n(.*?)^```$/gms)].map(
    ([, block = ""]) => block,
  );
  return blocks
    .flatMap((block) => block.split(/^\$ /m).slice(1))
    .map((text) => {
      const [command = "", ...lines] = text.trimEnd().split("\n");
      return { command, output: lines.join("\n") };
    });
}

/** Text in which … stands for anything. Of a table, columns may be wider. */
function patternOf(shown: string): RegExp {
  const parts = shown.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/ {2,}/g, " +"));
  return new RegExp(`^${parts.join("[\\s\\S]*?")}$`);
}

describe("the page 'A first application'", function () {
  this.timeout(120_000);
  const parent = mkdtempSync(join(tmpdir(), "exo-first-page-"));
  const folder = join(parent, "shop");
  let exo: ExoRun | undefined;
  let url = "";

  before(() => {
    // `exo` as it would be after `npm install --global`.
    const bin = join(parent, "bin");
    mkdirSync(bin);
    const program = `#!/bin/sh\nexec "${process.execPath}" --no-warnings "${join(root, "sdk/cli/src/bin.ts")}" "$@"\n`;
    writeFileSync(join(bin, "exo"), program);
    chmodSync(join(bin, "exo"), 0o755);
  });
  after(async () => {
    await exo?.end("SIGTERM");
    rmSync(parent, { recursive: true, force: true });
  });

  async function run(command: string, cwd: string): Promise<string> {
    const path = [join(parent, "bin"), dirname(process.execPath), process.env.PATH].join(delimiter);
    const env = { ...process.env, PATH: path, NO_COLOR: "1" };
    const here = command.replace("http://127.0.0.1:3000", url).replace(/^curl /, "curl -sS ");
    return (await promisify(execFile)("bash", ["-c", here], { cwd, env })).stdout.trimEnd();
  }

  async function holds({ command, output }: Shown): Promise<void> {
    const written = await run(command, command.startsWith("exo init") ? parent : folder);
    assert.match(written, patternOf(output), command);
  }

  function edit(file: string, change: (text: string) => string): void {
    writeFileSync(join(folder, file), change(readFileSync(join(folder, file), "utf8")));
  }

  it("writes an application, runs it and asks it", async () => {
    const [init, cd, start, ...asked] = shownBelow("Write it and run it");
    assert.deepEqual([cd?.command, start?.command], ["cd shop", "exo run --watch"]);
    assert.ok(init && start && asked.length === 2);
    await holds(init);
    exo = new ExoRun(["--watch"], { EXO_RUN_FILE: "true" }, "run", folder);
    await exo.ready();
    [, url = ""] = await exo.until(/^web is at (\S+)$/m);
    assert.match(exo.output.replace(url, "http://127.0.0.1:3000"), patternOf(start.output));
    for (const shown of asked) await holds(shown);
  });

  it("shows its files, and tests it", async () => {
    const [, table = ""] = /^## What is there\n+(\|[^#]*?)^$/m.exec(page) ?? [];
    const named = [...table.matchAll(/`([\w.]+\.(?:yml|json|mjs))`/g)].map(([, name = ""]) => name);
    const written = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => basename(path));
    assert.deepEqual(
      named.filter((name) => !written.includes(name)),
      [],
    );
    assert.equal(named.length, 7);
    const commands = shownBelow("What is there");
    assert.equal(commands.length, 2);
    for (const shown of commands) await holds(shown);
  });

  it("takes an edit over", async () => {
    const [asked] = shownBelow("Change it while it runs");
    assert.ok(asked);
    const [, from = "", file = "", to = ""] = /^Change `([^`]+)` in `([^`]+)` to `([^`]+)`/m.exec(page) ?? [];
    edit(`greeter/${file}`, (text) => text.replace(from, to));
    await exo?.until(/greeter\.mjs of greeter has changed: starting it again/);
    await exo?.until(/greeter online[\s\S]*greeter online/);
    await holds(asked);
  });

  it("adds a service, and lets another send to it", async () => {
    const [add, asked] = shownBelow("Add a service");
    assert.ok(add && asked);
    await holds(add);
    await exo?.until(/billing was added/);
    const [, messages = ""] = /^```yaml\n(.*?)^```$/ms.exec(page) ?? [];
    const from = exo?.output.length;
    edit("web/service.yml", (text) => text.replace(/^messages:\n[\s\S]*$/m, messages));
    await exo?.until(/took over changed routes/, from);
    await holds(asked);
  });

  it("runs two instances, shows them, and ends", async () => {
    const [ps, stop] = shownBelow("See it, and end it");
    assert.ok(ps && stop);
    edit("application.yml", (text) => text.replace("location: ./greeter\n", "location: ./greeter\n    instances: 2\n"));
    await exo?.until(/greeter\/2 was added/);
    await holds(ps);
    await holds(stop);
    assert.equal(await exo?.exited(), 0);
  });
});
