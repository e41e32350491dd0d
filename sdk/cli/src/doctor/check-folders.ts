import { accessSync, constants, mkdtempSync, rmSync, statfsSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rounded } from "./amounts.ts";
import { type Found, ok, type Patient, problem, warning } from "./finding.ts";

/** What `sun_path` of a unix socket holds, less the zero at its end: 108 bytes on Linux, 104 on macOS and BSD. */
const maxSocketPath = process.platform === "linux" ? 107 : 103;

/** Below this a log or a database fails any minute. Bytes. */
const noRoom = 100 * 1024 * 1024;
/** Below this a build or a container image hardly fits. Bytes. */
const littleRoom = 1024 * 1024 * 1024;

/** Sockets between apps and sidecars, and folders that `exo run` writes to. */
export async function checkFolders({ folder, application }: Patient): Promise<readonly Found[]> {
  const findings = [await socketsWork()];
  if (application === undefined) return findings;
  const own = join(folder, ".exosphere");
  const stats = statSync(own, { throwIfNoEntry: false });
  if (!isWritable(stats ? own : folder))
    findings.push(
      problem(`${stats ? own : folder} cannot be written to; give yourself the right to, or use --no-run-file`),
    );
  else if (stats && (stats.mode & 0o022) !== 0)
    findings.push(warning(`${own} can be changed by others; chmod go-w ${own}`));
  else findings.push(ok(`${own} can be written to`));
  return findings;
}

async function socketsWork(): Promise<Found> {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), "exo-"));
    const path = join(folder, "99.sock");
    if (Buffer.byteLength(path) > maxSocketPath)
      return problem(
        `${tmpdir()} is too long for unix sockets, which take ${maxSocketPath} bytes; set TMPDIR to a shorter path`,
      );
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(path, resolve));
    server.close();
    return ok(`unix sockets work in ${tmpdir()}`);
  } catch (error) {
    return problem(
      `no unix socket can be made in ${tmpdir()}: ${(error as Error).message}; set TMPDIR to a folder that is yours`,
    );
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Room on the disks of the application and of temporary files. */
export function checkDisk({ folder }: Patient): readonly Found[] {
  return [...new Set([folder, tmpdir()])].map((path) => {
    const { bavail, bsize } = statfsSync(path);
    const free = bavail * bsize;
    const text = `${rounded(free)} free at ${path}`;
    if (free < noRoom) return problem(`${text}; make room`);
    return free < littleRoom ? warning(`${text}; make room soon`) : ok(text);
  });
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
