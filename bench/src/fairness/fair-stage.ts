import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts, SupervisedProcess, Watchdog } from "@exosphere/runtime/process";
import { type Client, connect } from "@exosphere/sdk";
import { publicKeyFile } from "./foreign-token.ts";

/** Addresses that the misbehaving clients attack. */
export interface Targets {
  readonly gatewayPort: number;
  readonly brokerPort: number;
}

const routes = {
  clients: { sends: ["ask", "tell"], receives: ["answered", "news"] },
  server: { sends: ["answered", "news"], receives: ["ask", "tell"] },
  flooding: { sends: ["lost"], receives: [] },
  absent: { sends: [], receives: ["lost"] },
};

/** A broker, a gateway with its defaults, and a service that answers `ask` and pushes `news` for each `tell`. */
export class FairStage {
  readonly targets: Targets;
  readonly #server: Client;
  readonly #processes: readonly SupervisedProcess[];
  readonly #watchdog: Watchdog;
  readonly #folder: string;

  private constructor(
    targets: Targets,
    server: Client,
    processes: readonly SupervisedProcess[],
    watchdog: Watchdog,
    folder: string,
  ) {
    this.targets = targets;
    this.#server = server;
    this.#processes = processes;
    this.#watchdog = watchdog;
    this.#folder = folder;
  }

  /** Starts everything on free ports of loopback, and waits until it is ready. */
  static async start(): Promise<FairStage> {
    const folder = mkdtempSync(join(tmpdir(), "exo-bench-fairness-"));
    const watchdog = new Watchdog();
    const [brokerPort, brokerAdmin, gatewayPort, gatewayAdmin] = (await freePorts(4)) as [
      number,
      number,
      number,
      number,
    ];
    const rules = join(folder, "rules.json");
    const anonymous = { sends: "all", receives: "all" };
    writeFileSync(rules, JSON.stringify({ role: "clients", clients: { anonymous } }));
    const processes = [
      launch(watchdog, "@exosphere/broker/bin", ["serve", "--port", `${brokerPort}`, "--admin-port", `${brokerAdmin}`]),
      launch(watchdog, "@exosphere/gateway/bin", [
        ...["--rules", rules, "--broker", `127.0.0.1:${brokerPort}`, "--port", `${gatewayPort}`],
        ...["--admin-port", `${gatewayAdmin}`, "--jwt-algorithms", "ES512", "--jwt-issuer", "i", "--jwt-audience", "a"],
        ...["--jwt-public-key-file", publicKeyFile(folder)],
      ]),
    ];
    const server = connect({ role: "server", broker: `127.0.0.1:${brokerPort}`, concurrency: 1_000 });
    server.handle("ask", ({ payload }) => ({ name: "answered", payload }));
    server.handle("tell", ({ payload, auth }) => {
      // One that is refused, as when the gateway has no room, is what this measures: it is not there.
      server.send("news", payload, { auth }).catch(() => {});
    });
    await server.ready();
    while ((await fetch(`http://127.0.0.1:${gatewayAdmin}/readyz`).catch(() => undefined))?.status !== 200)
      await new Promise((resolve) => setTimeout(resolve, 50));
    return new FairStage({ gatewayPort, brokerPort }, server, processes, watchdog, folder);
  }

  /** Lets a client misbehave in a process of its own. Returns what ends it. */
  misbehave(way: string): () => Promise<void> {
    const entry = fileURLToPath(new URL("./misbehave.ts", import.meta.url));
    const child: ChildProcess = fork(entry, [way, JSON.stringify(this.targets)], {
      execArgv: ["--disable-warning=ExperimentalWarning"],
    });
    const ended = once(child, "exit");
    return async () => {
      child.kill("SIGKILL");
      await ended;
    };
  }

  async stop(): Promise<void> {
    this.#server.close();
    for (const each of [...this.#processes].reverse()) await each.stop(10_000);
    await this.#watchdog.close();
    rmSync(this.#folder, { recursive: true });
  }
}

function launch(watchdog: Watchdog, specifier: string, args: readonly string[]): SupervisedProcess {
  const entry = fileURLToPath(import.meta.resolve(specifier));
  const launched = new SupervisedProcess({
    command: [process.execPath, "--disable-warning=ExperimentalWarning", entry, ...args, "--log-level", "error"],
    env: { PATH: process.env.PATH, SERVICE_DATA: JSON.stringify(routes) },
    restart: false,
    watchdog,
    onEvent: (event) => event.kind === "line" && process.stderr.write(`${event.text}\n`),
  });
  launched.start();
  return launched;
}
