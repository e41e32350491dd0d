import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProcessUnderTest } from "@exosphere/testkit";
import { BrokerProcess } from "@exosphere/testkit";
import { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { GatewayProcess } from "@exosphere/testkit/gateway-process";
import { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const routes = { web: { sends: ["create"], receives: ["created"] } };

/** The contract, grpc-js, the log, and what these need. */
const everywhere = [
  ...["@bufbuild/protobuf", "@grpc/grpc-js", "@js-sdsl/ordered-map", "@pinojs/redact", "atomic-sleep"],
  ...["on-exit-leak-free", "pino", "pino-std-serializers", "quick-format-unescaped", "safe-stable-stringify"],
  ...["sonic-boom", "thread-stream"],
];

describe("What a process has loaded when it is ready", function () {
  this.timeout(30_000);
  let folder: string;
  let env: Record<string, string>;
  let broker: BrokerProcess;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "exo-loaded-"));
    const preload = new URL("./kit/src/loaded.js", import.meta.url);
    env = { NODE_OPTIONS: `--import=${preload}`, LOADED_FILE: join(folder, "loaded") };
    broker = await BrokerProcess.start({ routes });
  });
  after(async () => {
    await broker.stop();
    rmSync(folder, { recursive: true });
  });

  /** Ends a process, and reads what it had loaded. */
  async function loadedBy(program: ProcessUnderTest) {
    assert.equal((await program.stop()).code, 0);
    const all = readFileSync(join(folder, "loaded"), "utf8").split("\n");
    assert.ok(all.length > 200);
    const files = all.filter((each) => each.startsWith("file:"));
    const names = files.map((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]);
    const packages = [...new Set(names.filter((name) => name !== undefined))].sort();
    // Half of what a bare Node takes: an import of node:http as an ES module would load it.
    assert.ok(!all.includes("NativeModule internal/deps/undici/undici"), "Node's own fetch");
    return { files, packages };
  }

  /** Starts a sidecar, and waits for no more than its own word: the kit would look at its metrics. */
  async function startSidecar(app?: number) {
    const sidecar = await SidecarProcess.launch({ role: "web", broker: broker.port, app, env });
    await sidecar.answers(`${sidecar.admin}/readyz`);
    return sidecar;
  }

  it("is, of a sidecar, nothing for metrics, WebSockets, or an app that it need not call", async () => {
    const { packages } = await loadedBy(await startSidecar());
    assert.deepEqual(packages, everywhere);
  });

  it("is, of a sidecar with an app to call, undici's pool beside that", async () => {
    const app = await AppUnderTest.start();
    const { packages, files } = await loadedBy(await startSidecar(app.port));
    await app.close();
    assert.deepEqual(packages, [...everywhere, "undici"].sort());
    const isOfFetch = (url: string) => /\/undici\/lib\/web\/(?:fetch\/index|websocket|cache)/.test(url);
    assert.deepEqual(files.filter(isOfFetch), []);
  });

  it("is, of a broker, the reader of its routes beside that, and nothing for health and reflection", async () => {
    const { packages } = await loadedBy(await BrokerProcess.start({ routes, env }));
    assert.deepEqual(packages, [...everywhere, "yaml"].sort());
  });

  it("is, of a gateway, what reads its rules and talks to its clients", async () => {
    const gateway = await GatewayProcess.start({ role: "web", broker: broker.port, ...routes.web, env });
    const { packages } = await loadedBy(gateway.process);
    await gateway.stop();
    assert.deepEqual(packages, [...everywhere, "jose", "ws", "yaml"].sort());
  });
});
