import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { eventually } from "@exosphere/testkit";
import { UnitProcesses } from "./unit-processes.fixture.ts";

const application = fileURLToPath(new URL("../../examples/space-tweet", import.meta.url));
const exo = fileURLToPath(new URL("../../sdk/cli/src/bin.ts", import.meta.url));

describe("What 'exo deploy systemd' writes for space-tweet, with its commands, variables and credentials as processes", function () {
  this.timeout(120_000);
  let parent: string;
  let units: UnitProcesses;

  before(async () => {
    parent = mkdtempSync(join(tmpdir(), "exo-units-"));
    const folder = join(parent, "s");
    const args = ["--disable-warning=ExperimentalWarning", exo, "deploy", "systemd", application, "--out", folder];
    await promisify(execFile)(process.execPath, args);
    mkdirSync(join(folder, "secrets/jwt"));
    writeFileSync(join(folder, "secrets/jwt/secret"), "a secret of thirty-two characters");
    units = await UnitProcesses.read(folder, application);
    units.start();
  });

  after(async () => {
    await units?.stop();
    rmSync(parent, { recursive: true, force: true });
  });

  const ask = async (port: number, path: string, body: unknown, headers = {}) => {
    const options = {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", ...headers },
    };
    const response = await fetch(`http://127.0.0.1:${units.port(port)}${path}`, options);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it("answers a request through the gateway", async () => {
    const listed = () => ask(4300, "/v1/request/tweets.list", {}).catch(() => undefined);
    const answer = await eventually("an answer", async () => (await listed())?.status === 200 && listed(), 60_000);
    assert.deepEqual([answer?.body.name, answer?.body.payload], ["tweets.listed", { count: 0, entries: [] }]);
  });

  it("lets somebody sign in at a public service, and write by the gateway", async () => {
    const signedIn = () => ask(8080, "/sign-in", { name: "Ada" }).catch(() => undefined);
    const { token } = (await eventually("a token", async () => (await signedIn())?.body)) as { token: string };
    const headers = { authorization: `Bearer ${token}` };
    const created = await ask(4300, "/v1/request/tweets.create", { content: "Hello" }, headers);
    assert.deepEqual([created.status, created.body.name], [200, "tweets.created"], JSON.stringify(created.body));
  });

  it("ends with code 0 when it is told to", async () => {
    const codes = await units.stop();
    assert.deepEqual([codes.length, new Set(codes)], [11, new Set([0])]);
  });
});
