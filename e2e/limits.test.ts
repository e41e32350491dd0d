import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "@exosphere/process";
import { ProcessUnderTest } from "@exosphere/testkit";
import { ExocomProcess } from "@exosphere/testkit/exocom-process";
import { GatewayProcess } from "@exosphere/testkit/gateway-process";
import { startLoneInjector } from "@exosphere/testkit/lone-injector";
import { Mesh } from "@exosphere/testkit/mesh";

/** A row of docs/limits.md. */
interface Limit {
  readonly fallback: string;
  readonly flag: string;
  readonly metrics: readonly string[];
}

const page = readFileSync(new URL("../docs/limits.md", import.meta.url), "utf8");

/** The limits of a section that are settings. */
function limitsOf(heading: string): Limit[] {
  const section = page.split(/^## /m).find((each) => each.startsWith(heading)) ?? assert.fail(heading);
  return section.split("\n").flatMap((line) => {
    const [, , fallback = "", setting = "", metrics = ""] = line.split("|").map((cell) => cell.trim());
    const [flag] = /^`(--[a-z-]+)`$/.exec(setting)?.slice(1) ?? [];
    return flag === undefined
      ? []
      : [{ fallback, flag, metrics: [...metrics.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name as string) }];
  });
}

/** What --help says of each flag, in one line. */
async function helpOf(mesh: Mesh, entry: string, args: readonly string[] = []): Promise<ReadonlyMap<string, string>> {
  const url = new URL(`../${entry}`, import.meta.url);
  const process = mesh.keep(new ProcessUnderTest({ entry: url, args: [...args, "--help"] }));
  assert.equal((await process.exited).code, 0);
  const flags = process.stdout
    .join("\n")
    .split(/\n {2}(?=--)/)
    .slice(1);
  return new Map(flags.map((text) => [/^--(?:\[no-\])?[a-z-]+/.exec(text)?.[0] ?? "", text.replace(/\s+/g, " ")]));
}

async function metricNames(admin: string): Promise<ReadonlySet<string>> {
  const text = await (await fetch(`${admin}/metrics`)).text();
  return new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name as string));
}

/** Flags by which something is bounded. */
const isLimit = (flag: string) => /^--(max-|concurrency$|grace$|default-deadline$|.*-timeout$)/.test(flag);

function checkSettings(limits: readonly Limit[], help: ReadonlyMap<string, string>): void {
  for (const { flag, fallback } of limits) {
    const text = help.get(flag) ?? assert.fail(`${flag} is not in --help`);
    // A default that depends on the machine is a phrase.
    const said = fallback.includes(" ") ? fallback : `default ${fallback};`;
    if (fallback !== "none") assert.ok(text.includes(said), `${flag} ${fallback}: ${text}`);
    assert.ok(text.includes(`EXO_${flag.slice(2).replaceAll("-", "_").toUpperCase()}`), text);
  }
  const documented = new Set(limits.map(({ flag }) => flag));
  assert.deepEqual(
    [...help.keys()].filter((flag) => isLimit(flag) && !documented.has(flag)),
    [],
  );
}

function checkMetrics(limits: readonly Limit[], names: ReadonlySet<string>): void {
  for (const { flag, metrics } of limits) {
    assert.ok(metrics.length > 0, flag);
    for (const name of metrics) assert.ok(names.has(name), `${name} of ${flag}`);
  }
}

describe("docs/limits.md", function () {
  this.timeout(60_000);
  const mesh = new Mesh();
  const routes = { web: { sends: ["note"] }, sink: { receives: ["note"] } };
  const [broker, sidecar, own] = [limitsOf("The broker"), limitsOf("A sidecar"), limitsOf("The all-in-one")];
  const folder = mkdtempSync(join(tmpdir(), "exo-limits-"));
  after(async () => {
    await mesh.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("lists every limit of a broker, with its default and its metrics", async () => {
    checkSettings(broker, await helpOf(mesh, "broker/src/bin.ts", ["serve"]));
    await mesh.startBroker({ routes });
    checkMetrics(broker, await metricNames(mesh.broker.admin));
  });

  it("lists every limit of a sidecar, with its default and its metrics", async () => {
    checkSettings(sidecar, await helpOf(mesh, "sidecar/src/bin.ts"));
    const web = await mesh.startSidecar("web");
    checkMetrics(sidecar, await metricNames(web.admin));
  });

  it("lists every limit of a gateway, with its default and its metrics", async () => {
    const limits = limitsOf("A gateway");
    checkSettings(limits, await helpOf(mesh, "gateway/src/bin.ts"));
    const options = { role: "web", broker: mesh.broker.port, sends: ["note"], receives: [] };
    const gateway = mesh.keep(await GatewayProcess.start(options));
    checkMetrics(limits, await metricNames(gateway.admin));
  });

  it("lists every limit of the dashboard, with its default and its metrics", async () => {
    const limits = limitsOf("The dashboard");
    const entry = "services/analytics/src/bin.ts";
    checkSettings(limits, await helpOf(mesh, entry));
    const [port, adminPort] = await freePorts(2);
    const ports = ["--port", String(port), "--admin-port", String(adminPort), "--data-dir", folder];
    const dashboard = mesh.keep(new ProcessUnderTest({ entry: new URL(`../${entry}`, import.meta.url), args: ports }));
    await dashboard.answers(`http://127.0.0.1:${adminPort}/readyz`);
    checkMetrics(limits, await metricNames(`http://127.0.0.1:${adminPort}`));
  });

  it("lists every limit of the injector, with its default and its metrics", async () => {
    const limits = limitsOf("The injector");
    checkSettings(limits, await helpOf(mesh, "deploy/injector/src/bin.ts"));
    const injector = await startLoneInjector(mesh, folder);
    checkMetrics(limits, await metricNames(injector));
  });

  it("lists every limit of the all-in-one, which has those of both", async () => {
    const help = await helpOf(mesh, "exocom/src/bin.ts");
    const its = new Map(
      [...sidecar, ...broker, ...own].filter(({ flag }) => help.has(flag)).map((each) => [each.flag, each]),
    );
    checkSettings([...its.values()], help);
    const [adminPort] = (await freePorts(1)) as [number];
    mesh.keep(await ExocomProcess.start({ routes, args: ["--admin-port", String(adminPort)] }));
    const names = await metricNames(`http://127.0.0.1:${adminPort}`);
    checkMetrics(own, names);
    for (const { flag, metrics } of its.values())
      assert.ok(
        metrics.some((name) => names.has(name)),
        `a metric of ${flag}`,
      );
  });
});
