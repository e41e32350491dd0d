import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { freePorts } from "@exosphere/process";
import { eventually, ProcessUnderTest } from "@exosphere/testkit";
import { parse } from "yaml";
import { imagePrograms } from "./image-programs.fixture.ts";

/** A service of compose.yaml, as far as it is played here. */
interface ComposeService {
  readonly command?: readonly string[];
  readonly build: { readonly context: string; readonly dockerfile: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly secrets?: readonly { readonly source: string; readonly target: string }[];
  readonly volumes?: readonly string[];
  readonly network_mode?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
}

interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly configs: Readonly<Record<string, { readonly file: string }>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

/**
 * Plays the part of Docker Compose with plain processes: each service of compose.yaml with exactly its command, variables and mounts.
 * As all of them share this machine's loopback, each port of each network stands for a free one of the machine.
 */
export class Composition {
  readonly #folder: string;
  readonly #file: ComposeFile;
  readonly #ports = new Map<string, number>();
  readonly processes = new Map<string, ProcessUnderTest>();

  private constructor(folder: string, ports: readonly number[]) {
    this.#folder = folder;
    this.#file = parse(readFileSync(join(folder, "compose.yaml"), "utf8")) as ComposeFile;
    const free = [...ports];
    for (const name of Object.keys(this.#file.services))
      for (const port of wellKnown) this.#ports.set(`${name}:${port}`, free.pop() as number);
  }

  static async read(folder: string): Promise<Composition> {
    const { services } = parse(readFileSync(join(folder, "compose.yaml"), "utf8")) as ComposeFile;
    return new Composition(folder, await freePorts(Object.keys(services).length * wellKnown.length));
  }

  get names(): readonly string[] {
    return Object.keys(this.#file.services);
  }

  /** The port of this machine that stands for a port in the network of a service. */
  port(service: string, port: number): number {
    return this.#ports.get(`${this.#network(service)}:${port}`) as number;
  }

  /** Starts a service. `without` names secrets that it does not get. */
  start(name: string, without: readonly string[] = []): ProcessUnderTest {
    const service = this.#service(name);
    const words = service.command ?? this.#entrypoint(service);
    const [program = "", ...args] = words.map((word) => this.#here(name, word, without));
    const env = Object.fromEntries(
      Object.entries(service.environment ?? {}).map(([variable, value]) => [
        variable,
        this.#here(name, value, without),
      ]),
    );
    const entry = imagePrograms[program] ?? pathToFileURL(args.shift() ?? "");
    const process = new ProcessUnderTest({ entry, args, env });
    this.processes.set(name, process);
    return process;
  }

  /** Waits until the health check of a service, run as it is written, says that the service is healthy. */
  async healthy(name: string): Promise<void> {
    const [, program = "", ...args] = this.#service(name).healthcheck?.test ?? [];
    const ours = args.map((word) => this.#here(name, word));
    await eventually(
      `${name} is healthy`,
      () =>
        promisify(execFile)(program === "/nodejs/bin/node" ? process.execPath : program, ours).then(
          () => true,
          () => false,
        ),
      30_000,
    );
  }

  async stop(): Promise<readonly (number | null)[]> {
    const exits = await Promise.all([...this.processes.values()].map((process) => process.stop()));
    return exits.map(({ code }) => code);
  }

  #service(name: string): ComposeService {
    const service = this.#file.services[name];
    if (service === undefined) throw new Error(`compose.yaml has no ${name}`);
    return service;
  }

  #network(name: string): string {
    return this.#file.services[name]?.network_mode?.replace(/^service:/, "") ?? name;
  }

  /** What a word of a container means on this machine. */
  #here(name: string, word: string, without: readonly string[] = []): string {
    const { configs = [], secrets = [], volumes = [] } = this.#service(name);
    const mounts: (readonly [string, string])[] = [
      ...configs.map(({ source, target }) => [target, this.#at(this.#file.configs[source]?.file)] as const),
      ...secrets
        .filter(({ target }) => !without.includes(target))
        .map(({ source, target }) => [`/run/secrets/${target}`, this.#at(this.#file.secrets[source]?.file)] as const),
      ...volumes.map((volume) => {
        const [source = "", target = ""] = volume.split(":");
        return [target, this.#at(`v/${source}`)] as const;
      }),
    ];
    let here = word.replaceAll("$$", "$").replaceAll("0.0.0.0", "127.0.0.1");
    // The longest first: one may begin with another.
    for (const [target, source] of mounts.sort(([a], [b]) => b.length - a.length))
      here = here.replaceAll(target, source);
    here = here.replace(
      /\b(broker|gateway):(\d{4})\b/g,
      (_, host: string, port: string) => `127.0.0.1:${this.port(host, Number(port))}`,
    );
    return here.replace(/(?<![\w/])(\d{4})(?!\w)/g, (port) => String(this.port(name, Number(port)) ?? port));
  }

  #at(path = ""): string {
    return join(this.#folder, path);
  }

  /** The command of an image, from its Dockerfile; its folder is that of the application. */
  #entrypoint({ build }: ComposeService): readonly string[] {
    const context = join(this.#folder, build.context);
    const dockerfile = readFileSync(join(context, build.dockerfile), "utf8");
    const [, list = "[]"] = /^ENTRYPOINT (\[.+\])$/m.exec(dockerfile) ?? [];
    const [, workdir = ""] = /^WORKDIR \/app\/?(.*)$/m.exec(dockerfile.split(/^FROM /m).at(-1) ?? "") ?? [];
    const [program = "", script = "", ...rest] = JSON.parse(list) as string[];
    return [program, join(context, workdir, script), ...rest];
  }
}

/** Ports that processes have in networks of their own. */
const wellKnown = [4100, 4101, 4200, 4201, 4210, 4300, 4301, 4400, 4401, 8080];
