import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { eventually } from "@exosphere/testkit";
import { Composition } from "./composition.fixture.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const exo = fileURLToPath(new URL("../../sdk/cli/src/bin.ts", import.meta.url));

describe("What 'exo deploy compose' writes for space-tweet, with its commands, variables and files as processes", function () {
  this.timeout(120_000);
  let parent: string;
  let composition: Composition;

  before(async () => {
    parent = mkdtempSync(join(tmpdir(), "exo-compose-"));
    const folder = join(parent, "c");
    const args = ["deploy", "compose", join(root, "examples/space-tweet"), "--out", folder, "--json"];
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--disable-warning=ExperimentalWarning",
      exo,
      ...args,
    ]);
    assert.match(
      (JSON.parse(stdout) as { next: string[] }).next[0] ?? "",
      /^put the secret jwt\/secret into .*secrets\/jwt\/secret$/,
    );
    mkdirSync(join(folder, "secrets/jwt"));
    writeFileSync(join(folder, "secrets/jwt/secret"), "a secret of thirty-two characters");
    composition = await Composition.read(folder);
    for (const volume of ["broker-data", "gateway-data", "dashboard-data", "users-data", "tweets-data"])
      mkdirSync(join(folder, "v", volume), { recursive: true });
    for (const name of ["web", "users", "tweets", "timeline"]) mkdirSync(join(folder, "v", `${name}-socket`));
    for (const name of composition.names) composition.start(name);
    const checked = composition.names.filter((name) => !["web", "users", "tweets", "timeline"].includes(name));
    await Promise.all(checked.map((name) => composition.healthy(name)));
  });

  after(async () => {
    await composition?.stop();
    rmSync(parent, { recursive: true, force: true });
  });

  const ask = async (service: string, port: number, path: string, body?: unknown, headers = {}) => {
    const response = await fetch(`http://127.0.0.1:${composition.port(service, port)}${path}`, {
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
      headers: { "content-type": "application/json", ...headers },
    });
    return { status: response.status, body: (await response.json().catch(() => undefined)) as Record<string, unknown> };
  };

  it("answers a request through the gateway", async () => {
    const { status, body } = await ask("gateway", 4300, "/v1/request/tweets.list", {});
    assert.deepEqual([status, body.name, body.payload], [200, "tweets.listed", { count: 0, entries: [] }]);
  });

  it("lets somebody sign in at a public service, and write by the gateway", async () => {
    const { body } = await ask("web", 8080, "/sign-in", { name: "Ada" });
    const headers = { authorization: `Bearer ${body.token}` };
    const created = await ask("gateway", 4300, "/v1/request/tweets.create", { content: "Hello" }, headers);
    assert.deepEqual([created.status, created.body.name], [200, "tweets.created"], JSON.stringify(created.body));
    assert.equal((await ask("gateway", 4300, "/v1/request/tweets.create", { content: "Hello" })).status, 403);
  });

  it("asks for a token at the dashboard and at admin ports, but not for the probes", async () => {
    assert.equal((await ask("dashboard", 4400, "/api/activities/")).status, 401);
    for (const [name, port] of [["broker", 4101], ["web-sidecar", 4201], ["gateway", 4301]] as const) // biome-ignore format: one line
      assert.deepEqual(
        [(await ask(name, port, "/settings")).status, (await ask(name, port, "/livez")).status],
        [401, 200],
      );
  });

  it("lets nobody attach with the token of another role", async () => {
    const file = (name: string) => readFileSync(join(parent, "c/secrets/attach", name), "utf8");
    assert.notEqual(file("web"), file("users"));
    const sidecar = composition.processes.get("users-sidecar");
    await sidecar?.stop();
    writeFileSync(join(parent, "c/secrets/attach/users"), file("web"));
    const posing = composition.start("users-sidecar");
    const told = () => posing.stdout.find((line) => line.includes("UNAUTHENTICATED"));
    const line = await eventually("the refusal is logged", told);
    assert.match(line, /token/);
  });

  it("ends with code 0 when it is told to", async () => {
    const codes = await composition.stop();
    assert.deepEqual(new Set(codes), new Set([0]));
  });
});
