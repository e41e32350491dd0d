import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fieldsFrom } from "@exosphere/message/fields";
import { freePorts } from "@exosphere/process";
import { catalogue } from "@exosphere/proto";
import { ProcessUnderTest } from "@exosphere/testkit";
import { ExocomProcess } from "@exosphere/testkit/exocom-process";
import { GatewayProcess } from "@exosphere/testkit/gateway-process";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, post } from "@exosphere/testkit/messages";
import { firstCells, ReferencePage } from "@exosphere/testkit/reference-page";

const page = new ReferencePage("http-api.md");
const origin = "https://page.example";
const routes = {
  web: { sends: ["greet"], receives: ["greeted"] },
  greeter: { sends: ["greeted"], receives: ["greet"] },
  clients: { sends: ["greet"], receives: ["greeted"] },
};

/** What a process says that there is, where it is asked for something that there is not. */
async function endpointsOf(base: string): Promise<string[]> {
  const { detail } = (await (await fetch(`${base}/no/such/path`)).json()) as { detail: string };
  const [, list] = /There (?:is|are): (.+)\.$/.exec(detail) ?? assert.fail(detail);
  return (list as string).split(", ");
}

/** What pages of allowed origins may send and read, which is all that there is. */
async function headersOf(edge: string): Promise<{ readonly request: string[]; readonly response: string[] }> {
  const asked = { origin, "access-control-request-method": "POST" };
  const preflight = await fetch(`${edge}/v1/send/greet`, { method: "OPTIONS", headers: asked });
  const answer = await fetch(`${edge}/no/such/path`, { headers: { origin } });
  return {
    request: (preflight.headers.get("access-control-allow-headers") ?? "").split(", "),
    response: (answer.headers.get("access-control-expose-headers") ?? "").split(", "),
  };
}

/** Starts exo-analytics, and returns the address of its admin port. */
async function startDashboard(mesh: Mesh): Promise<string> {
  const [port, adminPort] = (await freePorts(2)) as [number, number];
  const folder = mkdtempSync(join(tmpdir(), "exo-reference-"));
  const args = [
    ...["--broker", `127.0.0.1:${mesh.broker.port}`, "--data-dir", folder],
    ...["--port", String(port), "--admin-port", String(adminPort)],
  ];
  const entry = new URL("../../services/analytics/src/bin.ts", import.meta.url);
  const dashboard = mesh.keep(new ProcessUnderTest({ entry, args }));
  mesh.keep({ stop: () => dashboard.exited.then(() => rmSync(folder, { recursive: true, force: true })) });
  await dashboard.answers(`http://127.0.0.1:${adminPort}/livez`);
  return `http://127.0.0.1:${adminPort}`;
}

const sorted = (names: readonly string[]) => names.toSorted();

describe("docs/reference/http-api.md", function () {
  this.timeout(60_000);
  const mesh = new Mesh();
  const edges = new Map<string, string>();
  const admins: string[] = [];
  const sidecarAdmin = 1;

  before(async () => {
    const broker = await mesh.startBroker({ routes });
    const web = await mesh.startSidecar("web", { args: ["--allow-origins", origin] });
    const greeter = await mesh.startService("greeter");
    greeter.app.on("greet", () => ({ reply: { name: "greeted" } }));
    const [adminPort] = (await freePorts(1)) as [number];
    const args = ["--allow-origins", origin, "--admin-port", String(adminPort)];
    const exocom = mesh.keep(await ExocomProcess.start({ routes, args }));
    const clients = { role: "clients", broker: broker.port, sends: ["greet"], receives: ["greeted"] };
    const gateway = mesh.keep(await GatewayProcess.start({ ...clients, env: { EXO_ALLOW_ORIGINS: origin } }));
    const dashboard = await startDashboard(mesh);
    edges.set("sidecar", web.edge).set("all-in-one", exocom.edge).set("gateway", gateway.edge);
    admins.push(broker.admin, web.admin, `http://127.0.0.1:${adminPort}`, gateway.admin, dashboard);
  });
  after(() => mesh.stop());

  const edge = (name: string) => edges.get(name) as string;

  it("lists the endpoints of the JSON edge, and no other", async () => {
    const documented = firstCells(page.section("The JSON edge").split("### ")[0] as string);
    for (const name of ["sidecar", "all-in-one"])
      assert.deepEqual(sorted(documented), sorted(await endpointsOf(edge(name))), name);
  });

  it("lists the endpoints of the gateway, and no other", async () => {
    const documented = firstCells(page.section("The gateway").split("### ")[0] as string);
    assert.deepEqual(sorted(documented), sorted(await endpointsOf(edge("gateway"))));
  });

  it("lists the endpoints of every admin port, and no other", async () => {
    const documented = firstCells(page.section("The admin port").split("### ")[0] as string);
    const own = firstCells(page.section("The admin port", "The admin port of a sidecar"));
    for (const [index, admin] of admins.entries()) {
      const expected = index === sidecarAdmin ? [...documented, ...own] : documented;
      assert.deepEqual(sorted(expected), sorted(await endpointsOf(admin)), admin);
    }
  });

  it("lists the headers of requests and answers, and no other", async () => {
    const owners = { sidecar: "The JSON edge", "all-in-one": "The JSON edge", gateway: "The gateway" } as const;
    for (const [name, heading] of Object.entries(owners)) {
      const { request, response } = await headersOf(edge(name));
      assert.deepEqual(sorted(firstCells(page.section(heading, "Request headers"))), sorted(request), name);
      assert.deepEqual(sorted(firstCells(page.section(heading, "Response headers"))), sorted(response), name);
    }
  });

  it("lists the members of a message, and no other", async () => {
    const sent = fieldsFrom("appJson").map(({ json }) => json);
    assert.deepEqual(firstCells(page.section("Messages", "Sent by an app or a client")), sent);
    const { json, text } = await ask(edge("sidecar"), "greet", "1");
    assert.equal(json.name, "greeted", text);
    assert.deepEqual(firstCells(page.section("Messages", "Received from the bus")), Object.keys(json));
  });

  it("lists every status with the reasons of the catalogue that have it", () => {
    const rows = [...page.text.matchAll(/^\| (\d{3}) \| ([^|]*)\|/gm)];
    const documented = rows.flatMap(([, status, reasons = ""]) =>
      (reasons.match(/[A-Z_]{4,}/g) ?? []).map((reason) => `${reason} ${status}`),
    );
    const actual = Object.entries(catalogue).map(([reason, { http }]) => `${reason} ${http}`);
    assert.deepEqual(sorted(documented), sorted(actual));
  });

  it("names reasons of the catalogue alone", () => {
    for (const reason of page.text.match(/\b[A-Z]{4,}_[A-Z_]+\b/g) ?? [])
      assert.ok(Object.hasOwn(catalogue, reason) || reason === "EXORELAY_PORT", reason);
  });

  it("lists the outcomes by which an app settles a delivery of its inbox, and no other", async () => {
    const body = JSON.stringify({ outcome: "no such outcome" });
    const { status, json } = await post(`${edge("sidecar")}/v1/settle/none`, body);
    assert.equal(status, 400);
    const known = String(json.detail).match(/"(\w+)"/g);
    const [, row = ""] = /^\| `POST \/v1\/settle\/<delivery id>` \| ([^|]+) \|/m.exec(page.text) ?? [];
    assert.deepEqual(new Set(row.match(/"(\w+)"/g)), new Set(known));
  });

  it("tells what /config.json answers", async () => {
    const [, shown = ""] = /```json\n(\{"clients".+?)```/s.exec(page.text) ?? [];
    const example = JSON.parse(shown) as Record<string, unknown>;
    const answer = (await (await fetch(`${edge("sidecar")}/config.json`)).json()) as typeof example;
    assert.deepEqual(shapeOf(answer), shapeOf(example));
  });
});

/** Keys of `/config.json`, from the top to the first of each list. */
function shapeOf(config: Record<string, unknown>): unknown {
  const { clients, routes: all } = config as { clients: object[]; routes: Record<string, object> };
  return [Object.keys(config), Object.keys(clients[0] ?? {}), Object.keys(all.web ?? {})];
}
