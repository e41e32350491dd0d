import { execFile } from "node:child_process";
import { availableMemory } from "node:process";
import { promisify } from "node:util";
import { rounded } from "./amounts.ts";
import { type Found, ok, type Patient, warning } from "./finding.ts";

/** Descriptors: a broker holds one for each instance, a gateway one for each client. */
const fewFiles = 4096;

/** What a process of the mesh takes that has little to do: 80 MiB, measured with Node 24. Bytes. */
const bytesOfProcess = 80 * 1024 * 1024;

/** Proxies of the environment that would swallow calls to this machine: of curl, Python, Go, and Node where it is told so. */
export function checkProxies({ env }: Patient): readonly Found[] {
  const set = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"].filter((name) => env[name]);
  if (set.length === 0) return [ok("no proxy in the environment")];
  const exempt = `${env.NO_PROXY ?? ""},${env.no_proxy ?? ""}`.split(",").map((each) => each.trim());
  const missing = ["localhost", "127.0.0.1"].filter((host) => !exempt.includes(host) && !exempt.includes("*"));
  if (missing.length === 0) return [ok(`${set.join(", ")} with NO_PROXY for this machine`)];
  const wanted = [...exempt.filter((each) => each !== ""), ...missing].join(",");
  return [
    warning(
      `${set.join(", ")} may swallow what services send to their sidecars; set NO_PROXY=${[...new Set(wanted.split(","))].join(",")}`,
    ),
  ];
}

/** How many files, and with them connections, a process may have open. */
export async function checkFiles(): Promise<readonly Found[]> {
  const { stdout } = await promisify(execFile)("sh", ["-c", "ulimit -n"], { timeout: 1_500 });
  const limit = stdout.trim() === "unlimited" ? Number.POSITIVE_INFINITY : Number(stdout);
  const text = `a process may have ${stdout.trim()} files and connections open`;
  return [limit < fewFiles ? warning(`${text}; raise it: ulimit -n ${fewFiles}`) : ok(text)];
}

/** Memory: that of the machine, or what the container may take. */
export function checkMemory({ application, run }: Patient): readonly Found[] {
  const limit = process.constrainedMemory();
  const free = availableMemory();
  const isLimited = limit > 0 && limit < 2 ** 53;
  const text = `${rounded(free)} free${isLimited ? `, of ${rounded(limit)} that this container or group may take` : ""}`;
  // A sidecar and an app for each service; broker, gateway and dashboard.
  const processes = 3 + 2 * (application?.services.length ?? 0);
  const needed = run === undefined ? processes * bytesOfProcess : bytesOfProcess;
  if (free >= needed) return [ok(text)];
  const what =
    run === undefined ? `${processes} processes take about ${rounded(needed)}` : "the application runs already";
  return [warning(`${text}; ${what}: end others, or raise the limit`)];
}
