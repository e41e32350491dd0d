import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { freePorts } from "@exosphere/process";
import { ProcessUnderTest } from "@exosphere/testkit";
import { imagePrograms } from "./image-programs.fixture.ts";

/** Ports that an application of a few services has on one machine. */
const portsNeeded = 40;

/** Plays the part of systemd with plain processes: each unit with exactly its command, variables and credentials, on free ports. */
export class UnitProcesses {
  readonly #folder: string;
  readonly #application: string;
  readonly #free: number[];
  readonly #ports = new Map<string, number>();
  readonly processes: ProcessUnderTest[] = [];

  private constructor(folder: string, application: string, free: number[]) {
    this.#folder = folder;
    this.#application = application;
    this.#free = free;
  }

  /** `folder` has what was generated, `application` is the folder that the script would copy. */
  static async read(folder: string, application: string): Promise<UnitProcesses> {
    return new UnitProcesses(folder, application, await freePorts(portsNeeded));
  }

  /** The port that stands for one of the units. */
  port(port: number): number {
    const key = String(port);
    const mapped = this.#ports.get(key) ?? (this.#free.pop() as number);
    this.#ports.set(key, mapped);
    return mapped;
  }

  /** Starts every unit. */
  start(): void {
    for (const name of readdirSync(join(this.#folder, "units")).filter((each) => each.endsWith(".service"))) {
      const text = readFileSync(join(this.#folder, "units", name), "utf8");
      const all = (setting: string) =>
        [...text.matchAll(new RegExp(`^${setting}=(.*)$`, "gm"))].map(([, value = ""]) => this.#here(value, text));
      for (const setting of ["StateDirectory", "RuntimeDirectory"])
        for (const path of all(setting)) mkdirSync(join(this.#folder, "v", path), { recursive: true });
      const env = Object.fromEntries(all("Environment").map((each) => splitAt(each.replace(/^"|"$/g, ""), "=")));
      const [program = "", ...args] = wordsOf(all("ExecStart")[0] ?? "");
      const source = imagePrograms[program];
      const entry = source ?? this.#script(args, all("WorkingDirectory")[0] ?? "");
      this.processes.push(new ProcessUnderTest({ entry, args: source === undefined ? [] : args, env }));
    }
  }

  async stop(): Promise<readonly (number | null)[]> {
    const exits = await Promise.all(this.processes.map((process) => process.stop()));
    return exits.map(({ code }) => code);
  }

  /** The script of `/bin/sh -c "node server.js"`. */
  #script([, command = ""]: readonly string[], folder: string): URL {
    const [, script = ""] = /^node (\S+)$/.exec(command) ?? [];
    return pathToFileURL(join(folder, script));
  }

  /** What a value means on this machine. */
  #here(value: string, unit: string): string {
    const credentials = [...unit.matchAll(/^LoadCredential=([^:]+):(\S+)$/gm)];
    let here = value;
    for (const [, name, path = ""] of credentials) here = here.replace(new RegExp(`%d/${name}(?![\\w.-])`, "g"), path);
    here = here
      .replaceAll("%t", join(this.#folder, "v"))
      .replaceAll("%S", join(this.#folder, "v"))
      .replace(/\/etc\/exosphere\/[\w-]+/g, this.#folder)
      .replace(/\/opt\/exosphere\/[\w-]+/g, this.#application);
    return here.replace(/(?<=[=:])(4[1-9]\d\d|8080)(?![\w.])/g, (port) => String(this.port(Number(port))));
  }
}

function splitAt(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + 1)];
}

function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}
