import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually, type ProcessUnderTest } from "@exosphere/testkit";
import { Mesh } from "@exosphere/testkit/mesh";

/** A function that ran, of a process. */
export interface WalkedFunction {
  /** The file, relative to the repository. */
  readonly file: string;
  /** Its name; empty for one without. */
  readonly name: string;
  /** How often it ran. */
  readonly calls: number;
}

/** What ran in each process of the mesh while one request went from app to app and its reply back. */
export type RequestWalk = Readonly<Record<"web" | "broker" | "users", readonly WalkedFunction[]>>;

const root = fileURLToPath(new URL("../..", import.meta.url));

const routes = {
  web: { sends: ["users.create"], receives: ["users.created"] },
  users: { sends: ["users.created"], receives: ["users.create"] },
};

/** Requests that go before the one that is looked at: caches are filled and connections open then. */
const earlier = 5;

/** What a process does now and then, whether or not a request comes: samples of the event loop and of the garbage collector. */
const byItself = new Set([
  "runtime/telemetry/src/metrics/event-loop.ts",
  "runtime/telemetry/src/metrics/garbage-collection.ts",
]);

/**
 * Runs a broker and two sidecars from source, sends one `POST /v1/request/users.create` through them to an app that answers with a reply,
 * and returns which functions ran for it. Some milliseconds of what the processes do by themselves are in it as well.
 */
export async function walkRequest(): Promise<RequestWalk> {
  const folder = mkdtempSync(join(tmpdir(), "exo-walk-"));
  const mesh = new Mesh();
  const preload = new URL("../kit/src/walked.js", import.meta.url);
  const envOf = (name: string) => ({ NODE_OPTIONS: `--import=${preload}`, WALKED_FILE: join(folder, name) });
  try {
    const broker = await mesh.startBroker({ routes, env: envOf("broker") });
    const web = await mesh.startSidecar("web", { env: envOf("web") });
    const users = await mesh.startService("users", { env: envOf("users") });
    users.app.on("users.create", () => ({ reply: { name: "users.created" } }));
    const request = () => fetch(`${web.edge}/v1/request/users.create`, { method: "POST", body: '{"name":"Ann"}' });
    for (let each = 0; each < earlier; each += 1) await (await request()).text();
    const processes: readonly [string, ProcessUnderTest][] = [
      ["broker", broker],
      ["web", web],
      ["users", users.sidecar],
    ];
    const taken = async (turn: number) => {
      for (const [, each] of processes) process.kill(each.pid, "SIGUSR2");
      for (const [name] of processes) {
        const file = join(folder, `${name}.${turn}`);
        await eventually(`functions of ${name}`, () => existsSync(file));
      }
    };
    await taken(1);
    const answer = await request();
    await answer.text();
    if (answer.status !== 200) throw new Error(`The request was answered with ${answer.status}.`);
    await taken(2);
    const functionsOf = (name: string) => walked(readFileSync(join(folder, `${name}.2`), "utf8"));
    return { web: functionsOf("web"), broker: functionsOf("broker"), users: functionsOf("users") };
  } finally {
    await mesh.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function walked(lines: string): WalkedFunction[] {
  const all = lines.split("\n").map((line) => {
    const [url, name, calls] = JSON.parse(line) as [string, string, number];
    return { file: fileURLToPath(url).slice(root.length), name, calls };
  });
  return all.filter(({ file }) => !byItself.has(file));
}
