import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "@exosphere/process";
import { metricsOf, type ProcessUnderTest } from "@exosphere/testkit";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { ExocomProcess } from "@exosphere/testkit/exocom-process";
import { GatewayProcess } from "@exosphere/testkit/gateway-process";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask } from "@exosphere/testkit/messages";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

/** The secret of JWTs at the gateway. */
export const jwtSecret = "a secret of the fuzzer, with more than 32 bytes";

/** Growth that a process may have while it is fuzzed, in bytes: what its own bounds let peers hold, and garbage not yet collected. */
const maxGrowthBytes = 256 * 1024 * 1024;
/** How long the event loop of a process may stand still, in seconds. One of the bounds of its histogram. */
const maxBlockSeconds = 2.5;
/** How long a well-behaved client may wait for its reply, in milliseconds. */
const maxWaitMs = 10_000;

const routes = {
  fuzzer: { sends: ["told", "wondered"], receives: ["poked", "told back"] },
  // What the fuzzer tells leaves the bus by HTTP, by WebSockets and by the gateway.
  clients: { sends: ["ask", "told"], receives: ["answered", "poked", "told"] },
  web: { sends: ["ask", "poked"], receives: ["answered"] },
  users: { sends: ["answered", "told back"], receives: ["ask", "wondered", "told"] },
  sink: { receives: ["told"] },
};

/** A server that is fuzzed. */
interface Server {
  readonly name: string;
  readonly process: ProcessUnderTest;
  readonly admin: string;
  /** Resident memory when it had warmed up, in bytes. */
  bytes: number;
  /** Times at which its event loop stood still too long, before it was fuzzed. */
  blocks: number;
}

/** Real servers to be fuzzed, and a well-behaved client beside the fuzzer, of roles of its own. */
export class FuzzMesh {
  readonly socketPath: string;
  readonly #folder: string;
  readonly #mesh: Mesh;
  readonly #servers: Server[] = [];
  /** Servers that have ended, and what they said last. */
  readonly ended: string[] = [];
  #web: SidecarProcess | undefined;
  #fuzzed: SidecarProcess | undefined;
  #sink: SidecarProcess | undefined;
  #gateway: GatewayProcess | undefined;
  #exocom: ExocomProcess | undefined;
  #app: AppUnderTest | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#mesh = new Mesh();
    this.socketPath = join(folder, "fuzzer.sock");
  }

  static async start(): Promise<FuzzMesh> {
    const mesh = new FuzzMesh(await mkdtemp(join(tmpdir(), "exo-fuzz-")));
    await mesh.#start();
    return mesh;
  }

  get brokerPort(): number {
    return this.#mesh.broker.port;
  }

  /** Port of the JSON edge whose app may say anything. */
  get edgePort(): number {
    return this.#fuzzed?.port ?? 0;
  }

  /** Port of an edge that takes WebSockets and an inbox. */
  get socketsPort(): number {
    return this.#sink?.port ?? 0;
  }

  get gatewayPort(): number {
    return Number(new URL(this.#gateway?.edge ?? "http://x:1").port);
  }

  /** Port of the JSON edges of the all-in-one. */
  get allInOnePort(): number {
    return this.#exocom?.port ?? 0;
  }

  /** Ports where operators ask. */
  get adminPorts(): readonly number[] {
    return this.#servers.map(({ admin }) => Number(new URL(admin).port));
  }

  /** What the well-behaved client does: asks by a sidecar and by the gateway. Throws if an answer is wrong, or late. */
  async wellBehaved(): Promise<void> {
    const started = performance.now();
    const [edge, gateway] = [this.#web?.edge ?? "", this.#gateway?.edge ?? ""];
    const answers = await Promise.all([ask(edge, "ask", '"well"'), ask(gateway, "ask", '"well"')]);
    for (const { status, text } of answers)
      if (status !== 200) throw new Error(`a well-behaved client got ${status}: ${text}`);
    const waitedMs = performance.now() - started;
    if (waitedMs > maxWaitMs) throw new Error(`a well-behaved client waited ${Math.round(waitedMs)} ms`);
    // The app reads each delivery as JSON: had it been none, that would have thrown.
    if (this.#app) this.#app.deliveries.length = 0;
    // Something for the fuzzer to settle, or not.
    await ask(edge, "poked", "1", { "exo-deadline": "1ms" });
  }

  /** Remembers what a process needs that has warmed up. */
  async warmedUp(): Promise<void> {
    for (const server of this.#servers) ({ bytes: server.bytes, blocks: server.blocks } = await stateOf(server.admin));
  }

  /** What is wrong with the servers: one has ended, or, once they are warm, stood still or grown. */
  async mistakes(isWarm: boolean): Promise<string[]> {
    const found = [...this.ended];
    if (found.length > 0 || !isWarm) return found;
    for (const { name, admin, bytes, blocks } of this.#servers) {
      const now = await stateOf(admin);
      if (now.blocks > blocks) found.push(`the event loop of ${name} stood still for more than ${maxBlockSeconds} s`);
      if (now.bytes - bytes > maxGrowthBytes)
        found.push(`${name} has grown from ${bytes >> 20} to ${now.bytes >> 20} MiB`);
    }
    return found;
  }

  async stop(): Promise<void> {
    this.ended.length = 0;
    this.#servers.length = 0;
    await this.#mesh.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    const mesh = this.#mesh;
    const quiet = { EXO_LOG_LEVEL: "error" };
    const broker = await mesh.startBroker({ routes, env: quiet });
    const { app } = await mesh.startService("users", { env: quiet });
    app.on("ask", ({ message }) => ({ reply: { name: "answered", payload: message.payload } }));
    app.on("wondered", () => ({ reply: { name: "told back" } }));
    this.#app = app;
    const secretFile = join(this.#folder, "secret");
    writeFileSync(secretFile, jwtSecret, { mode: 0o600 });
    const limits = [
      "ADDRESS_REQUESTS",
      "ADDRESS_CONNECTIONS",
      "ADDRESS_TCP_CONNECTIONS",
      "SESSION_REQUESTS",
      "USER_REQUESTS",
    ];
    const env = {
      ...quiet,
      ...Object.fromEntries(limits.map((limit) => [`EXO_${limit}`, "1000000"])),
      EXO_ADDRESS_BYTES: "1GiB",
      EXO_JWT_SECRET_FILE: secretFile,
      EXO_JWT_ALGORITHMS: "HS256",
      EXO_JWT_ISSUER: "issuer",
      EXO_JWT_AUDIENCE: "app",
    };
    const [exocomAdmin] = (await freePorts(1)) as [number];
    const [web, fuzzed, sink, exocom, gateway] = await Promise.all([
      mesh.startSidecar("web", { env: quiet }),
      mesh.startSidecar("fuzzer", { args: ["--socket", this.socketPath, "--max-socket-streams", "1000"], env: quiet }),
      mesh.startSidecar("sink", { env: quiet }),
      ExocomProcess.start({ routes, args: ["--admin-port", String(exocomAdmin)], env: quiet }),
      GatewayProcess.start({
        role: "clients",
        broker: broker.port,
        sends: ["ask", "told"],
        receives: ["answered", "poked", "told"],
        env,
      }),
    ]);
    mesh.keep(gateway);
    mesh.keep(exocom);
    [this.#web, this.#fuzzed, this.#sink, this.#gateway, this.#exocom] = [web, fuzzed, sink, gateway, exocom];
    this.#watch("the broker", broker, broker.admin);
    this.#watch("a sidecar with a socket", fuzzed, fuzzed.admin);
    this.#watch("a sidecar with WebSockets", sink, sink.admin);
    this.#watch("the gateway", gateway.process, gateway.admin);
    this.#watch("the all-in-one", exocom, `http://127.0.0.1:${exocomAdmin}`);
  }

  #watch(name: string, process: ProcessUnderTest, admin: string): void {
    this.#servers.push({ name, process, admin, bytes: 0, blocks: 0 });
    void process.exited.then(({ code }) => {
      this.ended.push(`${name} ended with ${code}: ${[...process.stderr, ...process.stdout].slice(-20).join("\n")}`);
    });
  }
}

async function stateOf(admin: string): Promise<{ readonly bytes: number; readonly blocks: number }> {
  const metrics = await metricsOf(admin);
  const lags = (bound: string) => metrics.get(`exo_event_loop_lag_seconds_bucket{le="${bound}"}`) ?? 0;
  const bytes = metrics.get("process_resident_memory_bytes");
  if (bytes === undefined || lags("+Inf") === 0)
    throw new Error(`${admin} does not tell its memory, or its event loop's lag`);
  return { bytes, blocks: lags("+Inf") - lags(String(maxBlockSeconds)) };
}
