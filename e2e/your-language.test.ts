import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { freePorts, SupervisedProcess, Watchdog } from "@exosphere/process";
import { eventually } from "@exosphere/testkit";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = readFileSync(`${root}docs/your-language.md`, "utf8");

describe("The page 'Your language in five minutes'", () => {
  it("shows the examples as they are", () => {
    const shown = [...page.matchAll(/^( *)<!-- (\S+) -->\n *```\w+\n(.*?)^ *```$/gms)];
    assert.ok(shown.length >= 6, `${shown.length} files are shown`);
    for (const [, indent = "", path = "", code = ""] of shown) {
      const lines = code.split("\n").map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
      assert.equal(lines.join("\n"), readFileSync(root + path, "utf8"), `${path} has changed; change the page as well`);
    }
  });

  it("has commands that work when they are copied", async function () {
    // Three processes, one after the other on a busy machine.
    this.timeout(60_000);
    const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, commands = ""]) => commands);
    assert.equal(blocks.length, 2);
    const [start, curl] = blocks as [string, string];
    const commands = await onFreePorts(`${start}echo "$(${curl})"\nwait`);
    const written: string[] = [];
    const watchdog = new Watchdog();
    const shell = new SupervisedProcess({
      command: ["bash", "-c", commands],
      cwd: root,
      env: process.env,
      restart: false,
      watchdog,
      onEvent: (event) => event.kind === "line" && written.push(event.text),
    });
    shell.start();
    try {
      const answer = () => written.find((line) => line.startsWith('{"name":"greeted"'));
      const line = await eventually("an answer", answer, 40_000).catch((error: Error) => {
        throw new Error(`${error.message}:\n${written.join("\n")}`);
      });
      const { name, payload } = JSON.parse(line) as { name: string; payload: unknown };
      assert.deepEqual([name, payload], ["greeted", { text: "Hello, Ada!", language: "node" }]);
    } finally {
      await shell.stop(12_000);
      await watchdog.close();
    }
  });
});

/** The commands, on ports that nobody uses. */
async function onFreePorts(commands: string): Promise<string> {
  const [broker, brokerAdmin, greeter, greeterAdmin, web, webAdmin] = await freePorts(6);
  return commands
    .replace("exocom serve", `exocom serve --port ${broker} --admin-port ${brokerAdmin}`)
    .replaceAll("exo-sidecar", `exo-sidecar --broker 127.0.0.1:${broker}`)
    .replace("--role greeter", `--role greeter --port ${greeter} --admin-port ${greeterAdmin}`)
    .replaceAll("4210", String(web))
    .replace("4211", String(webAdmin));
}
