import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts, SupervisedProcess, Watchdog } from "@exosphere/process";
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
  readonly #server: ChildProcess;
  readonly #processes: readonly SupervisedProcess[];
  readonly #watchdog: Watchdog;
  readonly #folder: string;

  private constructor(
    targets: Targets,
    server: ChildProcess,
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
    const targets = { gatewayPort, brokerPort };
    const server = forked("./service.ts", [JSON.stringify(targets)]);
    await once(server, "message");
    while ((await fetch(`http://127.0.0.1:${gatewayAdmin}/readyz`).catch(() => undefined))?.status !== 200)
      await new Promise((resolve) => setTimeout(resolve, 50));
    return new FairStage(targets, server, processes, watchdog, folder);
  }

  /**
   * Lets a client misbehave in a process of its own, which gets what processor time is left over: what it costs by itself, on a
   * machine of its own, is not what others notice. Returns what ends it.
   */
  misbehave(way: string): () => Promise<void> {
    const child = forked("./misbehave.ts", [way, JSON.stringify(this.targets)]);
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
    const ended = once(child, "exit");
    return async () => {
      child.kill("SIGKILL");
      await ended;
    };
  }

  /** Processor time that the gateway has taken so far, in seconds: what it does for a client shows, however busy the machine is. */
  get gatewaySeconds(): number {
    const fields = readFileSync(`/proc/${this.#processes[1]?.pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    // User and system time, in ticks of 10 ms: proc(5), of which two fields are cut off here.
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  async stop(): Promise<void> {
    this.#server.kill();
    for (const each of [...this.#processes].reverse()) await each.stop(10_000);
    await this.#watchdog.close();
    rmSync(this.#folder, { recursive: true });
  }
}

function forked(module: string, args: readonly string[]): ChildProcess {
  const entry = fileURLToPath(new URL(module, import.meta.url));
  return fork(entry, args, { execArgv: ["--disable-warning=ExperimentalWarning"] });
}

function launch(watchdog: Watchdog, specifier: string, args: readonly string[]): SupervisedProcess {
  const entry = fileURLToPath(import.meta.resolve(specifier));
  const launched = new SupervisedProcess({
    command: [
      process.execPath,
      "--disable-warning=ExperimentalWarning",
      ...profiling(specifier),
      entry,
      ...args,
      "--log-level",
      "error",
    ],
    env: { PATH: process.env.PATH, SERVICE_DATA: JSON.stringify(routes) },
    restart: false,
    watchdog,
    onEvent: (event) => event.kind === "line" && process.stderr.write(`${event.text}\n`),
  });
  launched.start();
  return launched;
}

/** Where EXO_BENCH_PROFILES names a folder, the gateway leaves a profile in it: `npm run bench:profiles` sums it up. */
function profiling(specifier: string): string[] {
  const folder = process.env.EXO_BENCH_PROFILES;
  if (folder === undefined || !specifier.includes("gateway")) return [];
  return ["--cpu-prof", "--cpu-prof-dir", join(folder, "gateway")];
}
