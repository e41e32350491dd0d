import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readApplication } from "@exosphere/application";
import { eventually } from "@exosphere/testkit";
import { parse, parseAllDocuments } from "yaml";
import { type Deployment, deploymentOf, targets } from "../src/index.ts";
import { type Contents, PodProcess, type PodTemplate } from "./pod-processes.fixture.ts";

/** What of an object is read here. */
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly template?: { readonly spec: PodTemplate };
    readonly volumeClaimTemplates?: readonly object[];
  };
}

const application = fileURLToPath(new URL("../../examples/space-tweet/application.yml", import.meta.url));
const target = targets.find(({ name }) => name === "kubernetes") ?? assert.fail("there is no such target");

function manifestsOf(deployment: Deployment): Map<string, Manifest> {
  const plain = target.files(deployment).filter(({ path }) => path.startsWith("plain/"));
  const objects = plain.flatMap(({ text }) => parseAllDocuments(text).map((document) => document.toJS() as Manifest));
  return new Map(objects.map((object) => [`${object.kind} ${object.metadata.name}`, object]));
}

async function metrics(admin: string, token: string): Promise<string> {
  const response = await fetch(`${admin}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(response.status, 200);
  return response.text();
}

describe("the pods of space-tweet on Kubernetes", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "exo-pods-"));
  const started: PodProcess[] = [];
  let manifests: Map<string, Manifest>;
  let contents: Contents;
  let tokens: Readonly<Record<string, string>>;
  let broker: PodProcess;

  const pod = (name: string) => manifests.get(name)?.spec?.template?.spec ?? assert.fail(`there is no ${name}`);
  const start = async (name: string) => {
    const at = broker && `127.0.0.1:${broker.ports.get("--port")}`;
    const process = await PodProcess.start(pod(name), contents, join(folder, name.replace(" ", "-")), at);
    started.push(process);
    await process.ready();
    return process;
  };

  before(async () => {
    const deployment = deploymentOf(readApplication(application), { output: folder, platformVersion: "0.1.0" });
    manifests = manifestsOf(deployment);
    const [secret] = target.secretFiles?.(deployment, () => undefined) ?? [];
    tokens = (parse(secret?.text ?? "") as { stringData: Readonly<Record<string, string>> }).stringData;
    const maps = [...manifests.values()].filter(({ kind }) => kind === "ConfigMap");
    contents = new Map([
      ...maps.map(({ metadata, data = {} }) => [metadata.name, data] as const),
      ["space-tweet-tokens", tokens],
    ]);
    broker = await start("StatefulSet space-tweet-broker");
  });
  after(async () => {
    for (const each of started.toReversed()) await each.process.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("attach to the broker with the tokens that they are given", async () => {
    for (const name of [
      "StatefulSet space-tweet-users",
      "Deployment space-tweet-web",
      "StatefulSet space-tweet-gateway",
    ])
      await start(name);
    const token = tokens["admin-token"] as string;
    const text = await eventually("all instances", async () => {
      const found = await metrics(broker.admin, token);
      return ["users", "web", "clients"].every((role) => found.includes(`exocom_instances{role="${role}"} 1`)) && found;
    });
    assert.ok(text);
  });

  it("give away nothing without a token", async () => {
    for (const { admin } of started) assert.equal((await fetch(`${admin}/metrics`)).status, 401, admin);
    const sidecar = started[1] ?? assert.fail("no sidecar");
    assert.match(await metrics(sidecar.admin, tokens["metrics-token"] as string), /exo_role_info\{role="users"\} 1/);
  });

  it("watch the bus by the dashboard", async () => {
    const dashboard = await start("Deployment space-tweet-dashboard");
    const token = tokens["admin-token"] as string;
    await eventually("the dashboard is connected", async () =>
      (await metrics(dashboard.admin, token)).includes("exo_analytics_connected 1"),
    );
  });
});
