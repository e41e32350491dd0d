import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts, SupervisedProcess, Watchdog } from "@exosphere/process";
import { catalogue } from "@exosphere/proto";
import { eventually } from "@exosphere/testkit";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(`${root}docs/gateway.md`, "utf8");

describe("the documentation of the gateway", () => {
  it("names reasons of the catalogue alone", () => {
    const reasons = page.match(/\b[A-Z]{4,}_[A-Z_]+\b/g) ?? [];
    for (const reason of reasons) assert.ok(Object.hasOwn(catalogue, reason), reason);
  });

  it("has commands that work when they are copied", async function () {
    // The whole example application, from the sources, on a busy machine.
    this.timeout(120_000);
    const [, commands = ""] = /^```sh\n(.*?)^```$/ms.exec(page) ?? [];
    assert.equal(commands.match(/curl/g)?.length, 5);
    const data = mkdtempSync(join(tmpdir(), "exo-gateway-docs-"));
    const [port] = (await freePorts(1)) as [number];
    const watchdog = new Watchdog();
    const written: string[] = [];
    const exo = new SupervisedProcess({
      command: [
        process.execPath,
        "--disable-warning=ExperimentalWarning",
        join(root, "sdk/cli/src/bin.ts"),
        "run",
        join(root, "examples/space-tweet"),
        "--gateway-port",
        String(port),
      ],
      env: { ...process.env, EXO_DATA_DIR: data },
      restart: false,
      watchdog,
      onEvent: (event) => event.kind === "line" && written.push(event.text),
    });
    exo.start();
    try {
      await eventually("the application", () => written.includes("application ready"), 60_000);
      // curl ends with 28 as the stream is cut, which is meant.
      const script = `${commands.replaceAll("4300", String(port)).replace("/v1/events", "/v1/events || true")}`;
      const output = execFileSync("bash", ["-c", script.replaceAll(/^curl.*$/gm, "$&; echo")], { encoding: "utf8" });
      assert.match(output, /^\{"name":"tweets\.listed","payload":/);
      assert.match(output, /"reason":"NOT_ALLOWED"/);
      assert.match(output, /\{"session":"[^"]+","sessionId":"[^"]+","ticket":/);
      assert.match(output, /event: welcome\nid: 0\./);
      assert.match(output, /"openapi": "3\.1\.0"/);
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${written.join("\n")}`);
    } finally {
      await exo.stop(15_000);
      await watchdog.close();
      rmSync(data, { recursive: true, force: true });
    }
  });
});
