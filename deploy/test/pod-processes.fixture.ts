import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { freePorts } from "@exosphere/process";
import { ProcessUnderTest } from "@exosphere/testkit";

/** Where the commands of the platform's image are here. */
const programs: Readonly<Record<string, string>> = {
  exocom: "broker/src/bin.ts",
  "exo-sidecar": "sidecar/src/bin.ts",
  "exo-gateway": "gateway/src/bin.ts",
  "exo-analytics": "services/analytics/src/bin.ts",
};

/** The parts of a pod that are needed to run what is in it. */
export interface PodTemplate {
  readonly initContainers?: readonly PodContainer[];
  readonly containers: readonly PodContainer[];
  readonly volumes: readonly {
    readonly name: string;
    readonly configMap?: { readonly name: string };
    readonly secret?: { readonly secretName: string; readonly items: readonly { key: string; path: string }[] };
  }[];
}

/** A container of it. */
export interface PodContainer {
  readonly name: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

/** The content of ConfigMaps and Secrets, by name and key. */
export type Contents = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** A process of a pod, run here with the arguments that its manifest has. */
export class PodProcess {
  readonly process: ProcessUnderTest;
  /** Its ports, by the flags that say them. */
  readonly ports: ReadonlyMap<string, number>;

  private constructor(process: ProcessUnderTest, ports: ReadonlyMap<string, number>) {
    this.process = process;
    this.ports = ports;
  }

  get admin(): string {
    return `http://127.0.0.1:${this.ports.get("--admin-port")}`;
  }

  /**
   * Starts the platform's process of a pod as the kubelet would, but for addresses: it listens on free ports of loopback. `broker` is
   * where the one of the manifests is.
   */
  static async start(pod: PodTemplate, contents: Contents, folder: string, broker = ""): Promise<PodProcess> {
    const all = [...(pod.initContainers ?? []), ...pod.containers];
    const container = all.find(({ command }) => command !== undefined && Object.hasOwn(programs, command[0] ?? ""));
    if (container === undefined) throw new Error("there is no process of the platform in this pod");
    const [program = "", ...first] = container.command ?? [];
    const mounts = container.volumeMounts.map(({ name, mountPath }) => {
      const there = join(folder, name);
      fill(there, pod, name, contents);
      return [mountPath, there] as const;
    });
    const args = container.args ?? [];
    const flags = [...args.map((arg) => arg.split("=")[0] ?? "").filter((flag) => /port$/.test(flag)), "--port"];
    const free = await freePorts(flags.length);
    const ports = new Map(flags.map((flag, index) => [flag, free[index] as number]));
    const kept = args
      .filter((arg) => !/^--(?:admin-)?(?:port|host)=/.test(arg))
      .map((arg) => mapped(arg, mounts, broker));
    const listening = [...ports].map(([flag, port]) => `${flag}=${port}`);
    const entry = new URL(`../../${programs[program]}`, import.meta.url);
    return new PodProcess(new ProcessUnderTest({ entry, args: [...first, ...kept, ...listening] }), ports);
  }

  async ready(): Promise<void> {
    await this.process.answers(`${this.admin}/readyz`);
  }
}

/** An argument with what is mounted, and the broker, where they are here. */
function mapped(arg: string, mounts: readonly (readonly [string, string])[], broker: string): string {
  const [path, there] = mounts.find(([mount]) => arg.includes(`=${mount}/`)) ??
    mounts.find(([mount]) => arg.endsWith(`=${mount}`)) ?? ["", ""];
  const here = path === "" ? arg : arg.replace(path, there);
  return here.startsWith("--broker=") ? `--broker=${broker}` : here;
}

/** Puts into a folder what the kubelet would mount there. */
function fill(folder: string, { volumes }: PodTemplate, name: string, contents: Contents): void {
  mkdirSync(folder, { recursive: true });
  const volume = volumes.find((each) => each.name === name);
  const from = contents.get(volume?.configMap?.name ?? volume?.secret?.secretName ?? "");
  const items = volume?.secret?.items ?? Object.keys(from ?? {}).map((key) => ({ key, path: key }));
  if (from === undefined) return;
  for (const { key, path } of items) {
    const content = from[key];
    if (content === undefined)
      throw new Error(`there is no key ${key} for the volume ${name}: the pod would not start`);
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
