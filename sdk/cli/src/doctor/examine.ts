import { checkFiles, checkMemory, checkProxies } from "./check-environment.ts";
import { checkDisk, checkFolders } from "./check-folders.ts";
import { checkBrokers, checkClock, checkProcesses } from "./check-mesh.ts";
import { checkPorts } from "./check-ports.ts";
import { checkPrograms } from "./check-programs.ts";
import { checkTls } from "./check-tls.ts";
import { checkVersions } from "./check-versions.ts";
import { type Check, type Finding, type Patient, warning } from "./finding.ts";

/** Every check, by its name, in the order in which they are told. */
export const checks: Readonly<Record<string, Check>> = {
  versions: checkVersions,
  programs: checkPrograms,
  ports: checkPorts,
  folders: checkFolders,
  disk: checkDisk,
  memory: checkMemory,
  files: checkFiles,
  proxies: checkProxies,
  brokers: checkBrokers,
  processes: checkProcesses,
  clock: checkClock,
  tls: checkTls,
};

/** How long a check may take, in milliseconds. */
const limitMs = 2_000;

/** Does all checks at once. None takes longer than the limit, and one that fails says so itself. */
export async function examine(
  patient: Patient,
  all: Readonly<Record<string, Check>> = checks,
): Promise<readonly Finding[]> {
  const findings = await Promise.all(
    Object.entries(all).map(async ([check, look]) => {
      const found = await within(limitMs, async () => look(patient)).catch((error: Error) => [
        warning(`could not be looked at: ${error.message}; try again, and report it if it stays`),
      ]);
      return found.map((each): Finding => ({ check, ...each }));
    }),
  );
  return findings.flat();
}

async function within<Result>(ms: number, run: () => Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`it took more than ${ms / 1000} s`)), ms);
  try {
    return await Promise.race([run(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
