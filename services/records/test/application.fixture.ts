import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts, SupervisedProcess } from "@exosphere/process";
import { type Client, connect } from "@exosphere/sdk";

/** A role of an application under test. */
export interface PlayedRole {
  /** Folder of the service that plays it, in `services/`. */
  readonly service: string;
  /** Its own names by those on the bus. */
  readonly translations?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** How long the broker may take to be up on a busy machine, in milliseconds. */
const readyMs = 20_000;

/** An application: broker, and for each role a sidecar and a service as processes. The test plays `web`, at the broker. */
export class ApplicationUnderTest {
  /** Speaks to the broker. */
  readonly web: Client;
  /** Where the sidecar of `web` takes HTTP. */
  readonly sidecar: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "exosphere-services-"));
  readonly #processes = new Map<string, SupervisedProcess>();
  /** Errors are what the test is about: they are not shown. */
  readonly #isQuiet: boolean;
  readonly #roles: Readonly<Record<string, PlayedRole>>;

  private constructor(roles: Readonly<Record<string, PlayedRole>>, broker: string, port: number, isQuiet: boolean) {
    this.#roles = roles;
    this.#isQuiet = isQuiet;
    this.sidecar = `127.0.0.1:${port}`;
    this.web = connect({ role: "web", broker });
  }

  /** Resolves once every role answers. */
  static async start(
    roles: Readonly<Record<string, PlayedRole>>,
    { isQuiet = false } = {},
  ): Promise<ApplicationUnderTest> {
    const count = 4 + 2 * Object.keys(roles).length;
    const [port = 0, adminPort = 0, edge = 0, edgeAdmin = 0, ...ports] = await freePorts(count);
    const broker = `127.0.0.1:${port}`;
    const application = new ApplicationUnderTest(roles, broker, edge, isQuiet);
    application.#writeApplication();
    const file = join(application.#folder, "application.yml");
    const flags = [`--app=${file}`, `--port=${port}`, `--admin-port=${adminPort}`];
    application.#start("exocom", { command: node("@exosphere/broker/bin", "serve", ...flags) });
    const edgeFlags = ["--role=web", `--broker=${broker}`, `--port=${edge}`, `--admin-port=${edgeAdmin}`];
    application.#start("web/sidecar", { command: node("@exosphere/sidecar/bin", ...edgeFlags) });
    Object.keys(roles).forEach((role, index) => {
      application.#startRole(role, broker, ports.slice(2 * index));
    });
    await application.web.ready(AbortSignal.timeout(readyMs)).catch(async (error: unknown) => {
      await application.stop();
      throw error;
    });
    return application;
  }

  /** Sends a message and gives name and payload of the reply. */
  async ask(message: string, payload?: unknown, options: { id?: string; auth?: unknown; deadlineMs?: number } = {}) {
    const reply = await this.web.request(message, payload, { deadlineMs: 20_000, ...options });
    return [reply.name, reply.payload] as [string, Record<string, unknown>];
  }

  /** Ends a role's service as a crash would. It is started again. */
  crash(role: string): void {
    process.kill(this.#processes.get(role)?.pid as number, "SIGKILL");
  }

  async stop(): Promise<void> {
    this.web.close();
    await Promise.all([...this.#processes.values()].map((each) => each.stop()));
    rmSync(this.#folder, { recursive: true });
  }

  #writeApplication(): void {
    const onBus = (role: PlayedRole, internal: string) =>
      Object.entries(role.translations ?? {}).find(([, own]) => own === internal)?.[0] ?? internal;
    const named = (kind: "receives" | "sends") =>
      Object.values(this.#roles).flatMap((role) => messagesOf(role.service)[kind].map((name) => onBus(role, name)));
    mkdirSync(join(this.#folder, "web"));
    const web = { type: "private", messages: { sends: named("receives"), receives: named("sends") } };
    writeFileSync(join(this.#folder, "web", "service.yml"), JSON.stringify(web));
    const services = Object.entries(this.#roles).map(([role, { service, translations = {} }]) => {
      const pairs = Object.entries(translations).map(([name, internal]) => ({ public: name, internal }));
      return [role, { location: relative(this.#folder, folderOf(service)), translations: pairs }];
    });
    const application = { name: "test", services: Object.fromEntries([["web", { location: "./web" }], ...services]) };
    // YAML is a superset of JSON.
    writeFileSync(join(this.#folder, "application.yml"), JSON.stringify(application));
  }

  #startRole(role: string, broker: string, [port, adminPort]: readonly number[]): void {
    const { service, env } = this.#roles[role] as PlayedRole;
    const socket = join(this.#folder, `${role}.sock`);
    const flags = [`--role=${role}`, `--broker=${broker}`, `--socket=${socket}`, `--port=${port}`];
    this.#start(`${role}/sidecar`, { command: node("@exosphere/sidecar/bin", ...flags, `--admin-port=${adminPort}`) });
    this.#start(role, {
      command: [process.execPath, "--disable-warning=ExperimentalWarning", "start.js"],
      cwd: folderOf(service),
      env: { ROLE: role, EXOCOM_SOCKET: socket, EXO_DATA_DIR: join(this.#folder, "data"), ...env },
    });
  }

  #start(
    name: string,
    { env, ...options }: { command: string[]; cwd?: string; env?: Readonly<Record<string, string>> },
  ) {
    const started = new SupervisedProcess({
      ...options,
      env: { PATH: process.env.PATH, ...env },
      restart: true,
      onEvent: (event) => {
        if (event.kind === "line" && event.stream === "stderr" && !this.#isQuiet)
          console.error(`      ${name}: ${event.text}`);
      },
    });
    this.#processes.set(name, started);
    started.start();
  }
}

/** The messages of a service by its own names, as its service.yml lists them. */
export function messagesOf(service: string): {
  readonly receives: readonly string[];
  readonly sends: readonly string[];
} {
  const text = readFileSync(new URL(`../../${service}/service.yml`, import.meta.url), "utf8");
  const [receives, sends] = (text.split("receives:")[1] ?? "")
    .split("sends:")
    .map((part) => [...part.matchAll(/^ +- (?:name: )?(\S+)$/gm)].map(([, name]) => name as string));
  return { receives: receives ?? [], sends: sends ?? [] };
}

function folderOf(service: string): string {
  return fileURLToPath(new URL(`../../${service}`, import.meta.url));
}

function node(specifier: string, ...args: readonly string[]): string[] {
  return [
    process.execPath,
    "--disable-warning=ExperimentalWarning",
    fileURLToPath(import.meta.resolve(specifier)),
    ...args,
  ];
}
