import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brokerSettings, type RunningBroker, startBroker } from "@exosphere/broker";
import { gatewaySettings, type RunningGateway, startGateway } from "@exosphere/gateway";
import { type Client, connect } from "@exosphere/sdk";
import { type LoadedRun, loadSettings, type Settings } from "@exosphere/settings";
import { eventually } from "./eventually.ts";
import { metricsOf } from "./metrics.ts";
import { secretSettings } from "./user-tokens.ts";

/** What the services and clients of these tests say to each other. */
export const routes = {
  clients: {
    sends: ["ask", "tell", "mine", "purge", "shout", "mail us", "answer", "fail"],
    receives: ["answered", "told", "purged", "news", "shouted", "question", "shout"],
  },
  server: {
    sends: ["answered", "told", "purged", "news", "shouted", "question"],
    receives: ["ask", "tell", "mine", "purge", "shout", "mail us", "answer", "fail"],
  },
};

/** Who may do what of it. */
export const rules = {
  role: "clients",
  clients: {
    anonymous: {
      sends: ["ask", "tell", "shout", "mail us", "answer", "fail"],
      receives: ["answered", "told", "shouted", "question", "news", "shout"],
    },
    users: { sends: ["mine"], receives: [] },
    scopes: { moderator: { sends: ["purge"], receives: ["purged"] } },
  },
};

/** Loads settings as a command does. */
export function load<S extends Settings>(
  settings: S,
  argv: readonly string[],
  env: Record<string, string> = {},
): LoadedRun<S> {
  const loaded = loadSettings({ command: "test", about: "", version: "0", settings, argv, env });
  if (loaded.kind !== "run") throw new Error(loaded.text);
  return loaded;
}

/** A gateway, and where it is. */
export type StartedGateway = RunningGateway & { readonly url: string; readonly admin: string };

/** A broker, a service and gateways, all of which `stop` ends. */
export class GatewayBus {
  readonly folder = mkdtempSync(join(tmpdir(), "exo-gateway-"));
  readonly broker: RunningBroker;
  readonly server: Client;
  readonly #gateways: RunningGateway[] = [];

  private constructor(broker: RunningBroker) {
    this.broker = broker;
    this.server = connect({ role: "server", broker: `127.0.0.1:${broker.port}`, concurrency: 1000 });
  }

  static async start(): Promise<GatewayBus> {
    const argv = ["--port", "0", "--admin-port", "0", "--log-level", "error"];
    const loaded = load(brokerSettings, argv, { SERVICE_DATA: JSON.stringify(routes) });
    const bus = new GatewayBus(await startBroker(loaded));
    await bus.server.ready();
    return bus;
  }

  /** Where a file of this test is, written if it has a content. */
  file(name: string, content?: string): string {
    const path = join(this.folder, name);
    if (content !== undefined) writeFileSync(path, content);
    return path;
  }

  /** Starts one with a gateway, which takes tokens that are signed with the secret of `tokenOf`. */
  static async withGateway(...argv: readonly string[]): Promise<{ bus: GatewayBus; gateway: StartedGateway }> {
    const bus = await GatewayBus.start();
    return { bus, gateway: await bus.startGateway(...argv, ...bus.secretSettings) };
  }

  /** Settings of a gateway that takes tokens which are signed with the secret of `tokenOf`. */
  get secretSettings(): string[] {
    return secretSettings((name, content) => this.file(name, content));
  }

  /** Sends news, which the gateway brings to the clients that `auth` names. */
  news(auth: object, payload: unknown = 1): Promise<unknown> {
    return this.server.send("news", payload, { auth });
  }

  /** The arguments of every gateway here. */
  get gatewayArguments(): string[] {
    const file = this.file("rules.json", JSON.stringify(rules));
    return ["--rules", file, "--broker", `127.0.0.1:${this.broker.port}`, "--log-level", "error", "--no-pretty"];
  }

  /** A gateway in this process, on free ports, once the broker has it. */
  startGateway(...argv: readonly string[]): Promise<StartedGateway> {
    return this.startGatewayWith([...this.gatewayArguments, ...argv]);
  }

  /** The same, with these arguments alone. */
  async startGatewayWith(argv: readonly string[]): Promise<StartedGateway> {
    const ports = ["--port", "0", "--admin-port", "0"];
    const gateway = await startGateway(load(gatewaySettings, [...argv, ...ports]));
    this.#gateways.push(gateway);
    const admin = `http://127.0.0.1:${gateway.adminPort}`;
    while ((await fetch(`${admin}/readyz`)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 10));
    return Object.assign(gateway, { url: `http://127.0.0.1:${gateway.port}`, admin });
  }

  /** Waits until the broker knows of so many instances of a role: what it gives to one that is dead is lost. */
  async noticed(role: string, instances: number): Promise<void> {
    await eventually(`${instances} instances of ${role}`, async () => {
      const metrics = await metricsOf(`http://127.0.0.1:${this.broker.adminPort}`);
      return (metrics.get(`exocom_instances{role="${role}"}`) ?? 0) === instances;
    });
  }

  /** Waits until a role has settled everything. */
  async settled(role: string): Promise<void> {
    await eventually(`everything settled by ${role}`, async () => {
      const metrics = await metricsOf(`http://127.0.0.1:${this.broker.adminPort}`);
      return ["in_flight", "queue_messages"].every(
        (name) => (metrics.get(`exocom_${name}{role="${role}"}`) ?? 0) === 0,
      );
    });
  }

  closeGateways(): void {
    for (const gateway of this.#gateways.splice(0)) gateway.close();
  }

  async stop(): Promise<void> {
    this.closeGateways();
    this.server.close();
    this.broker.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
